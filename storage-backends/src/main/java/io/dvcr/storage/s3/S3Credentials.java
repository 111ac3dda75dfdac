package io.dvcr.storage.s3;

/** How the store proves to the server who it is. */
public sealed interface S3Credentials {

    /** A pair of keys that somebody wrote down. */
    record Keys(String accessKey, String secretKey) implements S3Credentials {
        @Override
        public String toString() {
            return "Keys[" + accessKey + "]"; // the other is nobody's to read
        }
    }

    /** A profile of the files that the AWS command line uses. */
    record Profile(String name) implements S3Credentials {}

    /**
     * What is found where the process runs, in the order of the AWS SDK: {@code AWS_ACCESS_KEY_ID} and
     * {@code AWS_SECRET_ACCESS_KEY}, a web identity token, the default profile, the container's or the machine's role.
     */
    record Surroundings() implements S3Credentials {}
}
