package io.dvcr.registry.oci;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.importers.mirror.Mirror;
import io.dvcr.importers.mirror.MirroredBlob;
import io.dvcr.importers.mirror.MirroredManifest;
import io.dvcr.importers.mirror.MirroredReferrers;
import io.dvcr.importers.mirror.MirroredTags;
import io.dvcr.registry.http.EntityTag;
import io.dvcr.registry.http.ErrorReply;
import io.dvcr.registry.http.JsonReply;
import io.dvcr.registry.http.RangedReply;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Reply.Body;
import io.dvcr.registry.http.Request;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryError.BlobUnknown;
import io.dvcr.storage.RegistryError.Denied;
import io.dvcr.storage.RegistryError.ManifestUnknown;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.Manifest;
import io.dvcr.storage.object.ByteRange;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code /v2/<name>/…} of mirrored registries: what can be pulled, as they have it. */
final class MirrorEndpoint {
    /** RFC 7234, section 5.5.1: what was asked for could not be validated. */
    private static final String STALE = "110 - \"Response is Stale\"";

    /** end-3. */
    Reply manifest(Mirror mirror, RepositoryName repository, Request request) throws IOException {
        MirroredManifest found = mirror.manifest(repository, OciRequest.reference(request));
        EntityTag tag = new EntityTag(found.manifest().digest().toString());
        Reply reply = tag.isKnownTo(request)
                ? Reply.notModified(tag)
                : Reply.of(200, new Body.Bytes(found.manifest().content()))
                        .with("Content-Type", found.manifest().mediaType())
                        .with("ETag", tag);
        return fresh(reply, found.stale())
                .with("Docker-Content-Digest", found.manifest().digest());
    }

    private static Reply fresh(Reply reply, boolean stale) {
        return stale ? reply.with("Warning", STALE) : reply;
    }

    /** end-2: with a range, too, of which no more is fetched than it takes. */
    Reply blob(Mirror mirror, RepositoryName repository, Request request) throws IOException {
        Digest digest = OciRequest.digest(request);
        try (MirroredBlob blob = mirror.blob(repository, digest)) {
            return new RangedReply(blob.size(), "application/octet-stream", digest.toString())
                    .to(request, range -> body(mirror, repository, blob, range))
                    .with("Docker-Content-Digest", digest);
        }
    }

    /** What fails at once is an answer, not a connection that is cut. */
    private static Body body(Mirror mirror, RepositoryName repository, MirroredBlob blob, ByteRange range)
            throws IOException {
        mirror.await(blob, range);
        Optional<FileChannel> file = blob.openFile();
        return file.isPresent()
                ? new Body.FilePart(file.get(), range)
                : new Body.Stream(range.length(), target -> {
                    try (MirroredBlob sent = mirror.blob(repository, blob.digest())) {
                        sent.copyTo(target, range);
                    }
                });
    }

    /** end-8a and end-8b. */
    Reply tags(Mirror mirror, RepositoryName repository, Request request) throws IOException {
        List<String> query = new ArrayList<>();
        request.query("n").ifPresent(n -> query.add("n=" + Page.encoded(n)));
        request.query("last").ifPresent(last -> query.add("last=" + Page.encoded(last)));
        MirroredTags page = mirror.tags(repository, String.join("&", query));
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("name", repository.value());
        ArrayNode list = json.putArray("tags");
        page.tags().forEach(list::add);
        Reply reply = fresh(JsonReply.of(200, json), page.stale());
        return page.last().isPresent()
                ? reply.with("Link", next(request, page.last().get()))
                : reply;
    }

    private static String next(Request request, String last) {
        List<String> query = new ArrayList<>();
        request.query("n").ifPresent(n -> query.add("n=" + Page.encoded(n)));
        query.add("last=" + last);
        request.query("ns").ifPresent(host -> query.add("ns=" + Page.encoded(host)));
        return Page.link(request, query.toArray(String[]::new));
    }

    /** end-12a and end-12b. */
    Reply referrers(Mirror mirror, RepositoryName repository, Request request) throws IOException {
        Optional<String> type = request.query("artifactType").filter(asked -> !asked.isEmpty());
        MirroredReferrers found = mirror.referrers(repository, OciRequest.digest(request));
        ObjectNode index = JsonNodeFactory.instance.objectNode();
        index.put("schemaVersion", 2);
        index.put("mediaType", Manifest.OCI_INDEX);
        ArrayNode manifests = index.putArray("manifests");
        found.descriptors().stream()
                .filter(descriptor -> type.isEmpty() || type.get().equals(typeOf(descriptor)))
                .forEach(manifests::add);
        Reply reply = fresh(JsonReply.of(200, Manifest.OCI_INDEX, index), found.stale());
        return type.isPresent() ? reply.with("OCI-Filters-Applied", "artifactType") : reply;
    }

    private static String typeOf(JsonNode descriptor) {
        return descriptor.path("artifactType").asText();
    }

    /** end-9: what is kept here is forgotten. */
    Reply forgetManifest(Mirror mirror, RepositoryName repository, Request request) throws IOException {
        Reference reference = OciRequest.reference(request);
        if (!mirror.forget(repository, reference)) {
            throw new RegistryException(new ManifestUnknown(repository, reference));
        }
        return Reply.of(202);
    }

    /** end-10: what is kept here is forgotten. */
    Reply forgetBlob(Mirror mirror, RepositoryName repository, Request request) throws IOException {
        Digest digest = OciRequest.digest(request);
        if (!mirror.forget(repository, new Reference.ByDigest(digest))) {
            throw new RegistryException(new BlobUnknown(digest));
        }
        return Reply.of(202);
    }

    /** All that pushes. */
    Reply refusePush(Mirror mirror, RepositoryName repository, Request request) {
        String host = mirror.registry().host();
        return ErrorReply.of(
                new Denied(repository + " mirrors " + host + "; what is pushed has to be pushed there"),
                request.path());
    }
}
