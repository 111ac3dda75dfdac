package io.dvcr.storage.s3;

import io.dvcr.storage.object.ByteRange;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.ListPartsResponse;

/** Multipart uploads of one key. Parts are numbered from 1 on. Thread-safe. */
record Multipart(String bucket, String key, S3Client quick, S3Client patient) {

    /** Returns the identity of a new upload. */
    String begin() throws IOException {
        return S3Failures.mapped(
                key,
                () -> quick.createMultipartUpload(
                                request -> request.bucket(bucket).key(key).contentType("application/octet-stream"))
                        .uploadId());
    }

    CompletedPart upload(String id, int number, Bytes content) throws IOException {
        String etag = S3Failures.mapped(
                key,
                () -> quick.uploadPart(
                                request -> request.bucket(bucket)
                                        .key(key)
                                        .uploadId(id)
                                        .partNumber(number)
                                        .contentLength(content.length()),
                                content.body())
                        .eTag());
        return part(number, etag);
    }

    /** Has the server copy a part of another object, which has all of {@code range}. */
    CompletedPart copy(String id, int number, String from, ByteRange range) throws IOException {
        String etag = S3Failures.mapped(
                from,
                () -> patient.uploadPartCopy(request -> request.sourceBucket(bucket)
                                .sourceKey(from)
                                .copySourceRange("bytes=" + range.offset() + "-" + (range.end() - 1))
                                .destinationBucket(bucket)
                                .destinationKey(key)
                                .uploadId(id)
                                .partNumber(number))
                        .copyPartResult()
                        .eTag());
        return part(number, etag);
    }

    private static CompletedPart part(int number, String etag) {
        return CompletedPart.builder().partNumber(number).eTag(etag).build();
    }

    /** The first {@code count} parts, or those of them that have arrived. */
    List<CompletedPart> parts(String id, int count) throws IOException {
        List<CompletedPart> parts = new ArrayList<>();
        boolean more = true;
        int last = 0;
        while (more && last < count) {
            int after = last;
            ListPartsResponse page = S3Failures.mapped(
                    key,
                    () -> quick.listParts(request ->
                            request.bucket(bucket).key(key).uploadId(id).partNumberMarker(after == 0 ? null : after)));
            for (var part : page.parts()) {
                last = part.partNumber();
                if (last <= count) {
                    parts.add(part(last, part.eTag()));
                }
            }
            more = Boolean.TRUE.equals(page.isTruncated()) && page.hasParts();
        }
        return parts;
    }

    /**
     * Makes the object of its parts.
     *
     * @throws NoSuchFileException if there is no such upload, perhaps because it was completed before
     */
    void complete(String id, List<CompletedPart> parts) throws IOException {
        S3Failures.mapped(
                key,
                () -> patient.completeMultipartUpload(request ->
                        request.bucket(bucket).key(key).uploadId(id).multipartUpload(all -> all.parts(parts))));
    }

    /** Forgets the upload and its parts, if there is one. */
    void abort(String id) throws IOException {
        try {
            S3Failures.mapped(
                    key,
                    () -> quick.abortMultipartUpload(
                            request -> request.bucket(bucket).key(key).uploadId(id)));
        } catch (NoSuchFileException e) {
            // completed or aborted before
        }
    }
}
