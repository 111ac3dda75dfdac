package io.dvcr.storage.s3;

/**
 * A bucket, and how it is used.
 *
 * @param prefix what the names of all objects begin with, so that a bucket can be shared; empty, or ends with {@code /}
 */
public record S3Settings(
        String bucket, String prefix, S3Server server, S3Patience patience, S3Sizes sizes, S3Links links) {
    public S3Settings {
        if (!prefix.matches("|(?:[a-zA-Z0-9._-]+/)+")) {
            throw new IllegalArgumentException(
                    "the prefix must be names of letters, digits, dots and dashes, each with / behind it: " + prefix);
        }
    }
}
