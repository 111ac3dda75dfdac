package io.dvcr.registry.oci;

import io.dvcr.registry.access.Action;
import io.dvcr.registry.access.Permission;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Request;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RegistryError.ChunkOutOfOrder;
import io.dvcr.storage.RegistryError.DigestInvalid;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryError.SizeInvalid;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.Blob;
import io.dvcr.storage.content.BlobStore;
import io.dvcr.storage.content.Upload;
import io.dvcr.storage.content.UploadId;
import io.dvcr.storage.content.UploadStore;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code /v2/<name>/blobs/uploads/…}: sections "Pushing blobs" and "Mounting a blob from another repository". */
final class UploadEndpoint {
    /** The largest object that S3 can hold, so that what one store took another can take over. */
    private static final long MAX_BLOB_BYTES = 5L << 40;

    private static final Pattern CONTENT_RANGE = Pattern.compile("(?:bytes[ =])?(\\d{1,18})-(\\d{1,18})(?:/.*)?");

    private final UploadStore uploads;
    private final BlobStore blobs;

    UploadEndpoint(UploadStore uploads, BlobStore blobs) {
        this.uploads = uploads;
        this.blobs = blobs;
    }

    /** end-4a: {@code POST}; end-4b: with {@code ?digest=} and the whole blob; end-11: with {@code ?mount=}. */
    Reply begin(Request request) throws IOException {
        RepositoryName name = OciRequest.name(request);
        Optional<Digest> mounted = mount(request, name);
        if (mounted.isPresent()) {
            return created(name, mounted.get());
        }
        Optional<Digest> digest = request.query("digest").map(Digest::parse);
        try (Upload upload = uploads.begin(name)) {
            if (digest.isPresent()) {
                return receiveWhole(request, name, upload, digest.get());
            }
            return progress(202, name, upload.id(), upload.offset());
        }
    }

    /** A mount that is not possible, or from where the caller may not pull, becomes an ordinary upload, as the specification has it. */
    private Optional<Digest> mount(Request request, RepositoryName name) throws IOException {
        Optional<Digest> wanted = request.query("mount").map(Digest::parse);
        Optional<RepositoryName> from = request.query("from").map(RepositoryName::parse);
        boolean done = wanted.isPresent()
                && from.isPresent()
                && request.caller().may(new Permission.OnRepository(from.get(), Action.PULL))
                && blobs.mount(from.get(), name, wanted.get());
        return done ? wanted : Optional.empty();
    }

    private Reply receiveWhole(Request request, RepositoryName name, Upload upload, Digest digest) throws IOException {
        try {
            receive(request, upload);
            return created(name, upload.commit(digest).digest());
        } catch (IOException | RegistryException e) {
            upload.cancel(); // nobody knows of it
            throw e;
        }
    }

    /** end-13: {@code GET <location>}. */
    Reply progress(Request request) throws IOException {
        RepositoryName name = OciRequest.name(request);
        UploadId id = OciRequest.uploadId(request);
        return progress(204, name, id, uploads.offset(name, id));
    }

    /** end-5: {@code PATCH <location>}. */
    Reply append(Request request) throws IOException {
        try (Upload upload = resume(request)) {
            receive(request, upload); // 416 unless the chunk starts at upload.offset()
            return progress(202, OciRequest.name(request), upload.id(), upload.offset());
        }
    }

    /** end-6: {@code PUT <location>?digest=<digest>}, with or without a last chunk. */
    Reply finish(Request request) throws IOException {
        Digest digest = Digest.parse(
                request.query("digest").orElseThrow(() -> new RegistryException(new DigestInvalid("(missing)"))));
        try (Upload upload = resume(request)) {
            receive(request, upload);
            Blob blob = upload.commit(digest);
            return created(OciRequest.name(request), blob.digest());
        }
    }

    /** end-14: {@code DELETE <location>}. */
    Reply cancel(Request request) throws IOException {
        try (Upload upload = resume(request)) {
            upload.cancel();
            return Reply.of(204);
        }
    }

    private Upload resume(Request request) throws IOException {
        return uploads.resume(OciRequest.name(request), OciRequest.uploadId(request));
    }

    private static void receive(Request request, Upload upload) throws IOException {
        Optional<Long> expected = expectedBytes(request, upload.offset());
        long before = upload.offset();
        if (request.contentLength().equals(Optional.of(0L))) {
            return;
        }
        upload.append(request.body(), MAX_BLOB_BYTES);
        long received = upload.offset() - before;
        if (expected.isPresent() && expected.get() != received) {
            throw new RegistryException(new SizeInvalid(expected.get(), received));
        }
    }

    /** What {@code Content-Range} announces, if it is there, once it is known to fit the upload. */
    private static Optional<Long> expectedBytes(Request request, long offset) {
        Optional<String> header = request.header("Content-Range");
        if (header.isEmpty()) {
            return request.contentLength();
        }
        Matcher range = CONTENT_RANGE.matcher(header.get());
        if (!range.matches()) {
            throw new RegistryException(
                    new RequestInvalid("Content-Range must be <start>-<end>, not \"" + header.get() + "\""));
        }
        long start = Long.parseLong(range.group(1));
        long length = Long.parseLong(range.group(2)) - start + 1;
        if (start != offset) {
            throw new RegistryException(new ChunkOutOfOrder(offset, start));
        }
        long announced = request.contentLength().orElse(length);
        if (announced != length) {
            throw new RegistryException(new SizeInvalid(length, announced));
        }
        return Optional.of(length);
    }

    private static Reply progress(int status, RepositoryName name, UploadId id, long offset) {
        return Reply.of(status)
                .with("Location", "/v2/" + name + "/blobs/uploads/" + id)
                .with("Range", "0-" + Math.max(0, offset - 1))
                .with("Docker-Upload-UUID", id);
    }

    private static Reply created(RepositoryName name, Digest digest) {
        return Reply.of(201)
                .with("Location", "/v2/" + name + "/blobs/" + digest)
                .with("Docker-Content-Digest", digest);
    }
}
