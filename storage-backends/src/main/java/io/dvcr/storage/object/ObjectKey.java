package io.dvcr.storage.object;

import java.util.regex.Pattern;

/**
 * The name of an object: components of safe characters, split by {@code /}. Every instance is well formed, so none
 * leads out of the store. A key is never also the beginning of another key's path, because a file system cannot hold
 * both {@code x} and {@code x/y}.
 */
public record ObjectKey(String value) implements Comparable<ObjectKey> {
    private static final Pattern PATTERN =
            Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._%-]*(?:/[a-zA-Z0-9_][a-zA-Z0-9._%-]*)*");

    public ObjectKey {
        if (!PATTERN.matcher(value).matches()) {
            throw new IllegalArgumentException("not an object key: " + value);
        }
    }

    /** The part behind the last {@code /}. */
    public String lastComponent() {
        return value.substring(value.lastIndexOf('/') + 1);
    }

    @Override
    public int compareTo(ObjectKey other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
