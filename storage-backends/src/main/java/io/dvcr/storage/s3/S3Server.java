package io.dvcr.storage.s3;

import java.net.URI;
import java.util.Optional;

/**
 * Which S3 server, and how it is spoken to.
 *
 * @param endpoint empty for that of AWS in the region
 * @param pathStyle to name the bucket in the path of a URL, not in its host
 * @param checksums to send the checksums of the AWS SDK with every upload, which not every server understands
 * @param chunkedEncoding to sign uploads piece by piece as they are sent, rather than before
 */
public record S3Server(
        Optional<URI> endpoint,
        String region,
        boolean pathStyle,
        boolean checksums,
        boolean chunkedEncoding,
        S3Credentials credentials) {
    /** Of AWS, as most others want it too: checksums only where S3 demands one. */
    public static final S3Server DEFAULTS =
            new S3Server(Optional.empty(), "us-east-1", true, false, false, new S3Credentials.Surroundings());
}
