package io.dvcr.storage.s3;

import io.dvcr.storage.object.StorageFullException;
import io.dvcr.storage.object.StoreUnavailableException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;

/** What the failures of the AWS SDK mean to a store: S3 API reference, "Error responses". */
final class S3Failures {
    /** Of those servers that have a disk which can be full, or a limit to what a bucket holds. */
    private static final Set<String> FULL_CODES =
            Set.of("QuotaExceeded", "XMinioStorageFull", "StorageFull", "XMinioAdminBucketQuotaExceeded");

    private S3Failures() {}

    interface Request<T> {
        T send();
    }

    /**
     * Sends a request.
     *
     * @param about what it is about, for whoever reads of its failure
     */
    static <T> T mapped(String about, Request<T> request) throws IOException {
        try {
            return request.send();
        } catch (SdkException e) {
            throw of(about, e);
        }
    }

    static IOException of(String about, SdkException failure) {
        return switch (failure) {
            case AbortedException aborted -> interrupted(about, aborted);
            case ApiCallTimeoutException slow ->
                new StoreUnavailableException(about + ": no answer from the S3 server in time", slow);
            case AwsServiceException refused -> of(about, refused);
            default -> new StoreUnavailableException(about + ": " + failure.getMessage(), failure);
        };
    }

    private static IOException interrupted(String about, AbortedException aborted) {
        Thread.currentThread().interrupt();
        InterruptedIOException interrupted = new InterruptedIOException(about);
        interrupted.initCause(aborted);
        return interrupted;
    }

    private static IOException of(String about, AwsServiceException refused) {
        if (refused.statusCode() == 507 || FULL_CODES.contains(code(refused))) {
            return StorageFullException.because(about + ": " + refused.getMessage(), refused);
        }
        if (refused.statusCode() == 404 && !code(refused).equals("NoSuchBucket")) {
            return new NoSuchFileException(about);
        }
        return refused.statusCode() >= 500 || refused.statusCode() == 429
                ? new StoreUnavailableException(about + ": " + refused.getMessage(), refused)
                : new IOException(about + ": " + refused.getMessage(), refused);
    }

    /** That of the error, or empty: the answer to a HEAD has none. */
    static String code(AwsServiceException failure) {
        return Optional.ofNullable(failure.awsErrorDetails())
                .flatMap(details -> Optional.ofNullable(details.errorCode()))
                .orElse("");
    }
}
