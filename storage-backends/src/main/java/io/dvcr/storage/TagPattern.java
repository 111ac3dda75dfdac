package io.dvcr.storage;

import java.util.regex.Pattern;

/**
 * Says which tags a rule is for: {@code *} stands for any characters, {@code ?} for one, so {@code v*} is for every tag
 * that begins with v. Every instance is well formed.
 */
public record TagPattern(String value) {
    private static final Pattern PATTERN = Pattern.compile("[a-zA-Z0-9._*?-]{1,128}");

    /** Every tag. */
    public static final TagPattern ALL = new TagPattern("*");

    /** @throws IllegalArgumentException if {@code value} is malformed; the message says what is expected */
    public TagPattern {
        if (!PATTERN.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "invalid tag pattern \"" + value + "\": a tag in which * stands for any characters and ? for one");
        }
    }

    public boolean matches(Tag tag) {
        return Glob.matches(value, tag.value());
    }

    @Override
    public String toString() {
        return value;
    }
}
