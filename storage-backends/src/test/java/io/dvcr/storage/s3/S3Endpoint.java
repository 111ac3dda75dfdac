package io.dvcr.storage.s3;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import software.amazon.awssdk.services.s3.S3Client;

/** An S3 server for tests, and the bucket in it. */
record S3Endpoint(URI url, String region, String bucket, String accessKey, String secretKey) {
    static final S3Sizes SMALL_SIZES =
            new S3Sizes(S3Sizes.MIN_PART_BYTES, 2, 12L * S3Sizes.MIN_PART_BYTES, 3L * S3Sizes.MIN_PART_BYTES);
    static final S3Patience SHORT_PATIENCE = new S3Patience(
            32, Duration.ofSeconds(2), Duration.ofSeconds(10), 4, Duration.ofSeconds(20), Duration.ofSeconds(60));

    /** A place in the bucket that nobody else uses. */
    S3Settings anywhere() {
        return new S3Settings(bucket, UUID.randomUUID() + "/", server(), SHORT_PATIENCE, SMALL_SIZES, S3Links.DEFAULTS);
    }

    S3Server server() {
        return new S3Server(Optional.of(url), region, true, false, false, new S3Credentials.Keys(accessKey, secretKey));
    }

    /** The same server, reached at another address. */
    S3Endpoint at(URI other) {
        return new S3Endpoint(other, region, bucket, accessKey, secretKey);
    }

    S3Endpoint withBucket() {
        try (S3Clients clients = S3Clients.of(server(), S3Patience.DEFAULTS, S3Links.DEFAULTS)) {
            S3Client client = clients.quick();
            boolean there = client.listBuckets().buckets().stream()
                    .anyMatch(known -> known.name().equals(bucket));
            if (!there) {
                client.createBucket(request -> request.bucket(bucket));
            }
        }
        return this;
    }
}
