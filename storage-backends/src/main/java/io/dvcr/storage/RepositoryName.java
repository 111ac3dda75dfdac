package io.dvcr.storage;

import java.util.regex.Pattern;

/**
 * The name of a repository, such as {@code vms/debian}: the {@code <name>} of the OCI distribution specification,
 * section "Pulling manifests". Every instance is well formed, so it is safe as a path below a directory.
 */
public record RepositoryName(String value) implements Comparable<RepositoryName> {
    /** Leaves room in the 255 bytes that most clients allow for host and name together. */
    private static final int MAX_LENGTH = 255;

    private static final Pattern PATTERN =
            Pattern.compile("[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*");

    public RepositoryName {
        if (!isValid(value)) {
            throw new IllegalArgumentException("not a repository name: " + value);
        }
    }

    /** @throws RegistryException with {@link RegistryError.NameInvalid} if a client's {@code text} is malformed */
    public static RepositoryName parse(String text) {
        if (!isValid(text)) {
            throw new RegistryException(new RegistryError.NameInvalid(text));
        }
        return new RepositoryName(text);
    }

    private static boolean isValid(String text) {
        return text.length() <= MAX_LENGTH && PATTERN.matcher(text).matches();
    }

    @Override
    public int compareTo(RepositoryName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
