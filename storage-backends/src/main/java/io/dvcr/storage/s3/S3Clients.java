package io.dvcr.storage.s3;

import io.dvcr.storage.s3.S3Credentials.Keys;
import io.dvcr.storage.s3.S3Credentials.Profile;
import io.dvcr.storage.s3.S3Credentials.Surroundings;
import java.net.URI;
import java.net.URL;
import java.time.Duration;
import javax.xml.stream.XMLStreamException;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * The clients of one server: the same but for their patience, since a server that copies much may be silent for long.
 * Thread-safe.
 */
record S3Clients(S3Client quick, S3Client patient, S3Presigner presigner, Duration linkLifetime)
        implements AutoCloseable {
    /** What is smaller is sent at once: to ask first whether it is wanted would take longer. */
    private static final long ASKED_FIRST_BYTES = 1L << 20;

    static S3Clients of(S3Server server, S3Patience patience, S3Links links) {
        AwsCredentialsProvider credentials = credentials(server.credentials());
        return new S3Clients(
                client(server, patience, credentials, patience.silence(), patience.total()),
                client(server, patience, credentials, patience.copying(), patience.copying()),
                presigner(server, links, credentials),
                links.lifetime());
    }

    private static AwsCredentialsProvider credentials(S3Credentials credentials) {
        return switch (credentials) {
            case Keys(String accessKey, String secretKey) ->
                StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey));
            case Profile(String name) -> ProfileCredentialsProvider.create(name);
            case Surroundings() -> DefaultCredentialsProvider.builder().build();
        };
    }

    /**
     * Apache's client 4, although the SDK would have us use 5: that and ours of the importers want different versions of
     * one library. The JDK's pools nothing that we could bound, receives what is left of an answer when it is closed
     * early, and takes an answer that was cut off for a whole one.
     */
    @SuppressWarnings("deprecation")
    private static S3Client client(
            S3Server server,
            S3Patience patience,
            AwsCredentialsProvider credentials,
            Duration silence,
            Duration total) {
        var client = S3Client.builder()
                .region(Region.of(server.region()))
                .credentialsProvider(credentials)
                .forcePathStyle(server.pathStyle())
                .requestChecksumCalculation(
                        server.checksums()
                                ? RequestChecksumCalculation.WHEN_SUPPORTED
                                : RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(
                        server.checksums()
                                ? ResponseChecksumValidation.WHEN_SUPPORTED
                                : ResponseChecksumValidation.WHEN_REQUIRED)
                .serviceConfiguration(S3Configuration.builder()
                        .chunkedEncodingEnabled(server.chunkedEncoding())
                        .expectContinueThresholdInBytes(ASKED_FIRST_BYTES)
                        .build())
                .overrideConfiguration(override -> override.apiCallTimeout(total)
                        .retryStrategy(RetryMode.STANDARD)
                        .retryStrategy(strategy -> strategy.maxAttempts(patience.attempts())
                                .retryOnExceptionOrCauseInstanceOf(XMLStreamException.class))) // cut off in its body
                .httpClientBuilder(ApacheHttpClient.builder()
                        .maxConnections(patience.connections())
                        .connectionTimeout(patience.connect())
                        .connectionAcquisitionTimeout(patience.total())
                        .tcpKeepAlive(true)
                        .socketTimeout(silence));
        server.endpoint().ifPresent(client::endpointOverride);
        return client.build();
    }

    private static S3Presigner presigner(S3Server server, S3Links links, AwsCredentialsProvider credentials) {
        S3Presigner.Builder presigner = S3Presigner.builder()
                .region(Region.of(server.region()))
                .credentialsProvider(credentials)
                .serviceConfiguration(S3Configuration.builder()
                        .pathStyleAccessEnabled(server.pathStyle())
                        .build());
        links.endpoint().or(server::endpoint).ifPresent(presigner::endpointOverride);
        return presigner.build();
    }

    /** A URL that whoever has it can GET an object by, for a while. */
    URI link(String bucket, String key) {
        URL url = presigner
                .presignGetObject(presign -> presign.signatureDuration(linkLifetime)
                        .getObjectRequest(request -> request.bucket(bucket).key(key)))
                .url();
        return URI.create(url.toString());
    }

    @Override
    public void close() {
        presigner.close();
        patient.close();
        quick.close();
    }
}
