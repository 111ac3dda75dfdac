package io.dvcr.registry.api;

import io.dvcr.importers.upload.BegunUpload;
import io.dvcr.importers.upload.ImageUploadRequest;
import io.dvcr.importers.upload.ImageUploadWriter;
import io.dvcr.importers.upload.ImageUploads;
import io.dvcr.importers.upload.UploadStatus;
import io.dvcr.importers.upload.UploadToken;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Request;
import io.dvcr.storage.RegistryError.Conflict;
import io.dvcr.storage.RegistryError.MethodNotAllowed;
import io.dvcr.storage.RegistryError.PartDamaged;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;

/** {@code /api/v1/uploads} as tus 1.0.0 has it: its core and the extensions that {@link Tus#EXTENSIONS} lists. */
final class TusEndpoint {
    private final ImageUploads uploads;
    private final Supplier<ImageUploadSettings> settings;

    TusEndpoint(ImageUploads uploads, Supplier<ImageUploadSettings> settings) {
        this.uploads = uploads;
        this.settings = settings;
    }

    /** "OPTIONS": what this server can do. */
    Reply options() {
        return Reply.of(204)
                .with("Tus-Resumable", Tus.VERSION)
                .with("Tus-Version", Tus.VERSION)
                .with("Tus-Extension", Tus.EXTENSIONS)
                .with("Tus-Max-Size", uploads.maxBytes())
                .with("Tus-Checksum-Algorithm", TusChecksum.ALGORITHMS);
    }

    /** Extension "Creation": {@code POST} of the collection. An empty file is whole at once. */
    Reply begin(Request request) throws IOException {
        Tus.requireVersion(request);
        Optional<Long> length = Tus.bytes(request, "Upload-Length");
        boolean deferred = request.header("Upload-Defer-Length").isPresent();
        if (deferred ? !request.header("Upload-Defer-Length").get().equals("1") : length.isEmpty()) {
            throw invalid("there must be Upload-Length, or Upload-Defer-Length: 1");
        }
        Optional<String> metadata = request.header("Upload-Metadata");
        ImageUploadRequest wanted = TusMetadata.parse(metadata.orElse("")).request(length);
        ImageUploadEndpoint.requireRights(request, wanted);
        BegunUpload begun = uploads.begin(
                wanted, request.caller().name(), metadata, settings.get().expireAfter());
        return Reply.of(201)
                .with("Location", ImageUploadEndpoint.path(begun.token()))
                .with("Upload-Expires", Tus.date(begun.status().expires()));
    }

    /** "HEAD": how far an upload is. */
    Reply progress(Request request) throws IOException {
        if (Tus.isSpokenIn(request)) {
            Tus.requireVersion(request);
        }
        UploadStatus status = uploads.status(token(request));
        Reply reply = Reply.of(200)
                .with("Cache-Control", "no-store")
                .with("Upload-Offset", status.offset())
                .with("Upload-Expires", Tus.date(status.expires()));
        Reply sized = status.upload().request().size().isPresent()
                ? reply.with("Upload-Length", status.upload().request().size().getAsLong())
                : reply.with("Upload-Defer-Length", 1);
        return status.upload()
                .metadata()
                .map(metadata -> sized.with("Upload-Metadata", metadata))
                .orElse(sized);
    }

    /** "PATCH": the next part. With the last, the file becomes an import. */
    Reply append(Request request) throws IOException {
        Tus.requireVersion(request);
        Tus.requireContentType(request);
        long offset = Tus.bytes(request, "Upload-Offset").orElseThrow(() -> invalid("there must be Upload-Offset"));
        Optional<Long> length = Tus.bytes(request, "Upload-Length");
        Optional<TusChecksum> checksum = request.header("Upload-Checksum").map(TusChecksum::parse);
        UploadToken token = token(request);
        try (ImageUploadWriter writer = uploads.open(token)) {
            if (offset != writer.offset()) {
                throw new RegistryException(new Conflict(
                        "the part begins at byte " + offset + ", but the upload goes on at byte " + writer.offset()));
            }
            if (length.isPresent()) {
                writer.announce(length.get());
            }
            request.contentLength().ifPresent(writer::requireRoom);
            receive(request, checksum, writer);
            if (writer.isWhole()) {
                writer.finish();
            }
            return Reply.of(204)
                    .with("Upload-Offset", writer.offset())
                    .with("Upload-Expires", Tus.date(uploads.status(token).expires()));
        }
    }

    private static void receive(Request request, Optional<TusChecksum> checksum, ImageUploadWriter writer)
            throws IOException {
        if (checksum.isEmpty()) {
            writer.append(request.body());
            return;
        }
        TusChecksum announced = checksum.get();
        if (!writer.appendVerified(request.body(), announced.newHash(), announced.expected())) {
            throw new RegistryException(new PartDamaged(announced.algorithm()));
        }
    }

    /** "X-HTTP-Method-Override": for clients that can do no more than POST. */
    Reply overridden(Request request) throws IOException {
        return switch (request.header("X-HTTP-Method-Override").orElse("")) {
            case "PATCH" -> append(request);
            case "DELETE" -> remove(request);
            case "HEAD" -> progress(request);
            default -> throw new RegistryException(new MethodNotAllowed("POST"));
        };
    }

    /** Extension "Termination": {@code DELETE}. */
    Reply remove(Request request) throws IOException {
        if (Tus.isSpokenIn(request)) {
            Tus.requireVersion(request);
        }
        try (ImageUploadWriter writer = uploads.open(token(request))) {
            writer.cancel();
            return Reply.of(204);
        }
    }

    static UploadToken token(Request request) {
        return new UploadToken(request.pathParameter("token"));
    }

    private static RegistryException invalid(String reason) {
        return new RegistryException(new RequestInvalid(reason));
    }
}
