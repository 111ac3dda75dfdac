package io.dvcr.storage.object;

/**
 * The name of an object: components of safe characters, split by {@code /}. Every instance is well formed, so none
 * leads out of the store. A key is never also the beginning of another key's path, because a file system cannot hold
 * both {@code x} and {@code x/y}.
 */
public record ObjectKey(String value) implements Comparable<ObjectKey> {
    public ObjectKey {
        if (!isWellFormed(value)) {
            throw new IllegalArgumentException("not an object key: " + value);
        }
    }

    /** By hand, because every object that is listed has one. */
    private static boolean isWellFormed(String value) {
        boolean begins = true;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean fits = isWord(c) || (!begins && (c == '/' || c == '.' || c == '%' || c == '-'));
            if (!fits) {
                return false;
            }
            begins = c == '/';
        }
        return !begins;
    }

    private static boolean isWord(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '_';
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
