package io.dvcr.storage.s3;

import io.dvcr.storage.object.ByteRange;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * The few requests for single objects that the store makes of a server, repeated where that may help. Nothing here but
 * what AWS, Ceph, MinIO and S3Proxy have in common. Keys are those of the bucket. Thread-safe.
 */
final class Bucket {
    private static final int PAGE = 1000;
    private static final String WRITTEN_BY = "dvcr-write";

    /** Of racing for a key: the server says that it does not know who has won. */
    private static final int MAX_CONFLICTS = 20;

    private final String name;
    private final S3Client quick;
    private final S3Client patient;

    Bucket(String name, S3Clients clients) {
        this.name = name;
        this.quick = clients.quick();
        this.patient = clients.patient();
    }

    String name() {
        return name;
    }

    /** Multipart uploads to this bucket. */
    Multipart multipart(String key) {
        return new Multipart(name, key, quick, patient);
    }

    void put(String key, Bytes content) throws IOException {
        S3Failures.mapped(
                key,
                () -> quick.putObject(
                        request -> request.bucket(name).key(key).contentLength(content.length()), content.body()));
    }

    /**
     * Stores {@code content} unless the key is taken: {@code If-None-Match: *}. An answer that got lost is no trouble:
     * the mark on what is stored tells whose it is.
     *
     * @return whether this call stored it
     */
    boolean putIfAbsent(String key, Bytes content, Map<String, String> metadata) throws IOException {
        String mark = UUID.randomUUID().toString();
        Map<String, String> marked = new HashMap<>(metadata);
        marked.put(WRITTEN_BY, mark);
        for (int attempt = 1; ; attempt++) {
            try {
                quick.putObject(
                        request -> request.bucket(name)
                                .key(key)
                                .ifNoneMatch("*")
                                .metadata(marked)
                                .contentLength(content.length()),
                        content.body());
                return true;
            } catch (S3Exception e) {
                if (e.statusCode() == 412) {
                    return mayHaveSucceededBefore(e) && isMarked(key, mark);
                }
                if (e.statusCode() != 409 || attempt == MAX_CONFLICTS) {
                    throw S3Failures.of(key, e);
                }
            } catch (SdkException e) {
                throw S3Failures.of(key, e);
            }
        }
    }

    private static boolean mayHaveSucceededBefore(SdkException last) {
        return Optional.ofNullable(last.numAttempts()).orElse(Integer.MAX_VALUE) > 1;
    }

    private boolean isMarked(String key, String mark) throws IOException {
        return head(key)
                .filter(stored -> mark.equals(stored.metadata().get(WRITTEN_BY)))
                .isPresent();
    }

    Optional<StoredObject> head(String key) throws IOException {
        try {
            HeadObjectResponse head = S3Failures.mapped(
                    key, () -> quick.headObject(request -> request.bucket(name).key(key)));
            return Optional.of(new StoredObject(key, head.contentLength(), head.lastModified(), head.metadata()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /**
     * Begins to read a part of an object that is not empty; empty if the object ends before it.
     *
     * @throws NoSuchFileException if there is no such object
     */
    Optional<ResponseInputStream<GetObjectResponse>> get(String key, ByteRange range) throws IOException {
        try {
            return Optional.of(quick.getObject(request ->
                    request.bucket(name).key(key).range("bytes=" + range.offset() + "-" + (range.end() - 1))));
        } catch (S3Exception e) {
            if (e.statusCode() == 416) {
                return Optional.empty();
            }
            throw S3Failures.of(key, e);
        } catch (SdkException e) {
            throw S3Failures.of(key, e);
        }
    }

    /** The first {@code limit} objects whose keys begin with {@code prefix} and come behind {@code after}. */
    List<StoredObject> list(String prefix, String after, int limit) throws IOException {
        List<StoredObject> found = new ArrayList<>();
        String last = after;
        boolean more = true;
        while (more && found.size() < limit) {
            ListObjectsV2Response page = listPage(prefix, last, Math.min(PAGE, limit - found.size()));
            for (S3Object object : page.contents()) {
                found.add(new StoredObject(object.key(), object.size(), object.lastModified(), Map.of()));
                last = object.key();
            }
            more = Boolean.TRUE.equals(page.isTruncated()) && page.hasContents();
        }
        return found;
    }

    private ListObjectsV2Response listPage(String prefix, String after, int limit) throws IOException {
        return S3Failures.mapped(
                prefix,
                () -> quick.listObjectsV2(request -> request.bucket(name)
                        .prefix(prefix)
                        .startAfter(after.isEmpty() ? null : after)
                        .maxKeys(limit)));
    }

    /** Whether there is such an object or not. */
    void delete(String key) throws IOException {
        try {
            S3Failures.mapped(
                    key,
                    () -> quick.deleteObject(request -> request.bucket(name).key(key)));
        } catch (NoSuchFileException e) {
            // some servers say so
        }
    }

    /**
     * Has the server copy an object, which must be small enough for that, without its metadata.
     *
     * @throws NoSuchFileException if there is no object {@code from}
     */
    void copy(String from, String to) throws IOException {
        S3Failures.mapped(
                from,
                () -> patient.copyObject(request -> request.sourceBucket(name)
                        .sourceKey(from)
                        .destinationBucket(name)
                        .destinationKey(to)
                        .metadataDirective(MetadataDirective.REPLACE)
                        .metadata(Map.of(WRITTEN_BY, UUID.randomUUID().toString()))));
    }

    /** The multipart uploads of keys that begin with {@code prefix} which were neither completed nor aborted. */
    List<StartedUpload> uploads(String prefix) throws IOException {
        List<StartedUpload> uploads = new ArrayList<>();
        Optional<ListMultipartUploadsResponse> last = Optional.empty();
        do {
            Optional<ListMultipartUploadsResponse> before = last;
            ListMultipartUploadsResponse page = S3Failures.mapped(
                    prefix,
                    () -> quick.listMultipartUploads(request -> {
                        request.bucket(name).prefix(prefix);
                        before.ifPresent(known ->
                                request.keyMarker(known.nextKeyMarker()).uploadIdMarker(known.nextUploadIdMarker()));
                    }));
            page.uploads()
                    .forEach(upload ->
                            uploads.add(new StartedUpload(upload.key(), upload.uploadId(), upload.initiated())));
            last = Optional.of(page);
        } while (Boolean.TRUE.equals(last.get().isTruncated()));
        return uploads;
    }
}
