package io.dvcr.registry.oci;

import io.dvcr.registry.access.Action;
import io.dvcr.registry.access.Permission;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Request;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Digest.Algorithm;
import io.dvcr.storage.RegistryError.AlgorithmUnsupported;
import io.dvcr.storage.RegistryError.ChunkOutOfOrder;
import io.dvcr.storage.RegistryError.DigestInvalid;
import io.dvcr.storage.RegistryError.SizeInvalid;
import io.dvcr.storage.RegistryError.UploadInvalid;
import io.dvcr.storage.RegistryError.UploadUnknown;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.BlobStore;
import io.dvcr.storage.content.Upload;
import io.dvcr.storage.content.UploadId;
import io.dvcr.storage.content.UploadStore;
import io.dvcr.storage.object.ByteRange;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code /v2/<name>/blobs/uploads/…}: sections "Pushing blobs" and "Mounting a blob from another repository". */
final class UploadEndpoint {
    private static final Pattern CONTENT_RANGE = Pattern.compile("(?:bytes[ =])?(\\d{1,18})-(\\d{1,18})(?:/.*)?");

    private final UploadStore uploads;
    private final BlobStore blobs;
    private final long maxBlobBytes;

    UploadEndpoint(UploadStore uploads, BlobStore blobs, long maxBlobBytes) {
        this.uploads = uploads;
        this.blobs = blobs;
        this.maxBlobBytes = maxBlobBytes;
    }

    /**
     * end-4a: {@code POST}; end-4b: with {@code ?digest=} and the whole blob; end-4c: with {@code ?digest-algorithm=};
     * end-11: with {@code ?mount=}.
     */
    Reply begin(Request request) throws IOException {
        RepositoryName name = OciRequest.name(request);
        Optional<Digest> mount = request.query("mount").map(Digest::parse);
        Optional<Digest> digest = request.query("digest").map(Digest::parse);
        Algorithm algorithm = algorithm(request, digest.or(() -> mount));
        if (mount.isPresent() && mount(request, name, mount.get())) {
            return created(name, mount.get());
        }
        try (Upload upload = uploads.begin(name, algorithm)) {
            if (digest.isPresent()) {
                return receiveWhole(request, name, upload, digest.get());
            }
            return progress(202, name, upload.id(), upload.offset());
        }
    }

    /** What the blob will be named by, as far as the client says. */
    private static Algorithm algorithm(Request request, Optional<Digest> expected) {
        Optional<Algorithm> said = request.query("digest-algorithm")
                .map(name ->
                        Algorithm.named(name).orElseThrow(() -> new RegistryException(new AlgorithmUnsupported(name))));
        return expected.map(Digest::algorithm).or(() -> said).orElse(Algorithm.SHA256);
    }

    /**
     * A mount that is not possible, or from where the caller may not pull, becomes an ordinary upload, as the
     * specification has it.
     */
    private boolean mount(Request request, RepositoryName name, Digest digest) throws IOException {
        Predicate<RepositoryName> mayPull =
                from -> request.caller().may(new Permission.OnRepository(from, Action.PULL));
        Optional<RepositoryName> from =
                request.query("from").filter(text -> !text.isEmpty()).map(RepositoryName::parse);
        return from.isPresent()
                ? mayPull.test(from.get()) && blobs.mount(from.get(), name, digest)
                : blobs.mountFromAny(mayPull, name, digest);
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

    /**
     * end-6: {@code PUT <location>?digest=<digest>}, with or without a last chunk. A client that did not get the answer
     * asks again, and gets it: PUT is idempotent.
     */
    Reply finish(Request request) throws IOException {
        RepositoryName name = OciRequest.name(request);
        Digest digest = Digest.parse(
                request.query("digest").orElseThrow(() -> new RegistryException(new DigestInvalid("(missing)"))));
        try (Upload upload = resume(request)) {
            upload.hashWith(digest.algorithm());
            receive(request, upload);
            return created(name, upload.commit(digest).digest());
        } catch (RegistryException e) {
            if (e.error() instanceof UploadUnknown && blobs.find(name, digest).isPresent()) {
                return created(name, digest);
            }
            throw e;
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

    private void receive(Request request, Upload upload) throws IOException {
        Optional<Long> length = chunkLength(request, upload.offset());
        if (length.isEmpty()) {
            upload.append(request.body(), maxBlobBytes);
        } else if (length.get() > 0) {
            upload.appendExactly(request.body(), length.get(), maxBlobBytes);
        }
    }

    /** What the headers say that the body has, once it is known to follow what the upload has. */
    private static Optional<Long> chunkLength(Request request, long offset) {
        Optional<String> header = request.header("Content-Range");
        if (header.isEmpty()) {
            return request.contentLength();
        }
        ByteRange range = contentRange(header.get());
        if (range.offset() != offset) {
            throw new RegistryException(new ChunkOutOfOrder(offset, range.offset()));
        }
        long announced = request.contentLength().orElse(range.length());
        if (announced != range.length()) {
            throw new RegistryException(new SizeInvalid(range.length(), announced));
        }
        return Optional.of(range.length());
    }

    private static ByteRange contentRange(String header) {
        Matcher range = CONTENT_RANGE.matcher(header);
        if (range.matches()) {
            long start = Long.parseLong(range.group(1));
            long end = Long.parseLong(range.group(2));
            if (start <= end) {
                return new ByteRange(start, end - start + 1);
            }
        }
        throw new RegistryException(new UploadInvalid("Content-Range must be <start>-<end>, not \"" + header + "\""));
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
