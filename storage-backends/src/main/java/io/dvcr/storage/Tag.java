package io.dvcr.storage;

import java.util.regex.Pattern;

/** A movable name of a manifest. Every instance is well formed, so it is safe as a file name. */
public record Tag(String value) implements Comparable<Tag> {
    private static final Pattern PATTERN = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");

    public Tag {
        if (!PATTERN.matcher(value).matches()) {
            throw new IllegalArgumentException("not a tag: " + value);
        }
    }

    /** @throws RegistryException with {@link RegistryError.TagInvalid} if a client's {@code text} is malformed */
    public static Tag parse(String text) {
        if (!PATTERN.matcher(text).matches()) {
            throw new RegistryException(new RegistryError.TagInvalid(text));
        }
        return new Tag(text);
    }

    @Override
    public int compareTo(Tag other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
