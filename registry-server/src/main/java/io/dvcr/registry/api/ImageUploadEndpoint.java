package io.dvcr.registry.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.importers.job.ImportJob;
import io.dvcr.importers.upload.BegunUpload;
import io.dvcr.importers.upload.ImageUploadRequest;
import io.dvcr.importers.upload.ImageUploadWriter;
import io.dvcr.importers.upload.ImageUploads;
import io.dvcr.importers.upload.UploadStatusJson;
import io.dvcr.importers.upload.UploadToken;
import io.dvcr.registry.access.Action;
import io.dvcr.registry.access.Permission;
import io.dvcr.registry.http.JsonReply;
import io.dvcr.registry.http.JsonRequest;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Request;
import io.dvcr.registry.http.ServerUrl;
import io.dvcr.storage.RegistryError.Conflict;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code /api/v1/uploads} for clients of plain HTTP, such as {@code curl -T FILE URL}. */
final class ImageUploadEndpoint {
    private static final String PATH = "/api/v1/uploads/";

    /** As {@code curl -C} has it: RFC 9110, section 14.5, has no other use for it in a request. */
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})");

    private final ImageUploads uploads;
    private final ImportOutcome outcome;
    private final Supplier<ImageUploadSettings> settings;
    private final ServerUrl url;

    ImageUploadEndpoint(
            ImageUploads uploads, ImportOutcome outcome, Supplier<ImageUploadSettings> settings, ServerUrl url) {
        this.uploads = uploads;
        this.outcome = outcome;
        this.settings = settings;
        this.url = url;
    }

    static String path(UploadToken token) {
        return PATH + token.text();
    }

    /** Whoever uploads pushes; a base is read, and must not be learnt of by who may not pull it. */
    static void requireRights(Request request, ImageUploadRequest wanted) {
        List<Permission> needed =
                new ArrayList<>(List.of(new Permission.OnRepository(wanted.repository(), Action.PUSH)));
        wanted.base().ifPresent(base -> needed.add(new Permission.OnRepository(base.repository(), Action.PULL)));
        request.caller().require(needed);
    }

    /** {@code POST}: the upload is stored, and may be gone on with, once this has answered. */
    Reply begin(Request request) throws IOException {
        ImageUploadRequest wanted = ImageUploadRequest.parse(JsonRequest.object(request));
        requireRights(request, wanted);
        BegunUpload begun = uploads.begin(
                wanted,
                request.caller().name(),
                Optional.empty(),
                settings.get().expireAfter());
        ObjectNode json = UploadStatusJson.of(begun.status());
        json.put("url", url.asSeenBy(request) + path(begun.token()));
        return JsonReply.of(201, json).with("Location", path(begun.token()));
    }

    /** {@code GET}: how far the upload is, and what has become of it. */
    Reply get(Request request) throws IOException {
        return JsonReply.of(200, UploadStatusJson.of(uploads.status(TusEndpoint.token(request))))
                .with("Cache-Control", "no-store");
    }

    /**
     * {@code PUT}: the whole file, or with {@code Content-Range} a part of it. With its end it becomes an import, which
     * this waits for, a while: who sends an image with curl wants to be told that it is refused.
     */
    Reply put(Request request) throws IOException {
        UploadToken token = TusEndpoint.token(request);
        Optional<Part> part = request.header("Content-Range").map(Part::parse);
        Optional<ImportJob> job;
        try (ImageUploadWriter writer = uploads.open(token)) {
            place(part, writer);
            request.contentLength().ifPresent(writer::requireRoom);
            writer.append(request.body());
            boolean last = part.isEmpty() || writer.offset() >= part.get().size();
            job = last ? writer.finish() : Optional.empty();
        }
        if (job.isEmpty()) {
            return JsonReply.of(202, UploadStatusJson.of(uploads.status(token))).with("Location", path(token));
        }
        return outcome.await(job.get(), ImportOutcome.patience(request), path(token));
    }

    /** A file that is sent from its beginning takes the place of what came of it before. */
    private static void place(Optional<Part> part, ImageUploadWriter writer) throws IOException {
        if (part.isEmpty()) {
            writer.restart();
            return;
        }
        if (part.get().start() != writer.offset()) {
            throw new RegistryException(new Conflict("the part begins at byte "
                    + part.get().start() + ", but the upload goes on at byte " + writer.offset()));
        }
        writer.announce(part.get().size());
    }

    /** {@code Content-Range}. */
    private record Part(long start, long size) {
        static Part parse(String header) {
            Matcher range = CONTENT_RANGE.matcher(header);
            if (!range.matches()) {
                throw new RegistryException(
                        new RequestInvalid("Content-Range must be bytes <start>-<end>/<size>, not \"" + header + "\""));
            }
            return new Part(Long.parseLong(range.group(1)), Long.parseLong(range.group(3)));
        }
    }
}
