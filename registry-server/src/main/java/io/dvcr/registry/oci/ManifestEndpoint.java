package io.dvcr.registry.oci;

import io.dvcr.registry.event.RegistryEvent.ManifestDeleted;
import io.dvcr.registry.event.RegistryEvent.ManifestPushed;
import io.dvcr.registry.event.RegistryEvent.TagDeleted;
import io.dvcr.registry.event.RegistryEvents;
import io.dvcr.registry.http.EntityTag;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Reply.Body;
import io.dvcr.registry.http.Request;
import io.dvcr.registry.http.RequestBytes;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryError.DigestMismatch;
import io.dvcr.storage.RegistryError.ManifestInvalid;
import io.dvcr.storage.RegistryError.ManifestUnknown;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.content.ContentStore;
import io.dvcr.storage.content.Manifest;
import io.dvcr.storage.content.ManifestRemovals;
import io.dvcr.storage.content.ManifestStore;
import io.dvcr.storage.content.StoredManifest;
import io.dvcr.storage.content.TagStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** {@code /v2/<name>/manifests/<reference>}. */
final class ManifestEndpoint {
    /** RFC 6838, section 4.2. */
    private static final Pattern MEDIA_TYPE =
            Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9!#$&^_.+-]{0,126}/[a-zA-Z0-9][a-zA-Z0-9!#$&^_.+-]{0,126}");

    private final ManifestStore manifests;
    private final ManifestRemovals removals;
    private final TagStore tags;
    private final int maxManifestBytes;
    private final RegistryEvents events;

    ManifestEndpoint(ContentStore content, int maxManifestBytes, RegistryEvents events) {
        this.manifests = content.manifests();
        this.removals = content.removals();
        this.tags = content.tags();
        this.maxManifestBytes = maxManifestBytes;
        this.events = events;
    }

    /** end-3: {@code GET} or {@code HEAD}. */
    Reply get(Request request) throws IOException {
        StoredManifest manifest = manifests.get(OciRequest.name(request), OciRequest.reference(request));
        EntityTag tag = new EntityTag(manifest.digest().toString());
        Reply reply = tag.isKnownTo(request)
                ? Reply.notModified(tag)
                : Reply.of(200, new Body.Bytes(manifest.content()))
                        .with("Content-Type", manifest.mediaType())
                        .with("ETag", tag);
        return reply.with("Docker-Content-Digest", manifest.digest());
    }

    /** end-7a: {@code PUT}; end-7b: by digest, with {@code ?tag=} any number of times. */
    Reply put(Request request) throws IOException {
        RepositoryName name = OciRequest.name(request);
        Reference reference = OciRequest.reference(request);
        byte[] content = RequestBytes.readAll(request, "the manifest", maxManifestBytes);
        String mediaType = mediaType(request, content);
        List<Tag> extraTags = request.queryAll("tag").stream().map(Tag::parse).toList();
        Digest digest = digestOf(content, reference);
        List<Tag> names = tagsOf(reference, extraTags);
        Manifest manifest = manifests.put(name, new StoredManifest(digest, mediaType, content), names);
        events.publish(new ManifestPushed(
                name, digest, mediaType, content.length, names, request.caller().name()));
        Reply reply = Reply.of(201)
                .with("Location", "/v2/" + name + "/manifests/" + digest)
                .with("Docker-Content-Digest", digest);
        return withTags(withSubject(reply, manifest), extraTags);
    }

    private static List<Tag> tagsOf(Reference reference, List<Tag> extraTags) {
        List<Tag> named = new ArrayList<>();
        if (reference instanceof Reference.ByTag(Tag tag)) {
            named.add(tag);
        }
        named.addAll(extraTags);
        return named;
    }

    private static Reply withSubject(Reply reply, Manifest manifest) {
        return manifest.subject()
                .map(subject -> reply.with("OCI-Subject", subject.digest()))
                .orElse(reply);
    }

    private static Reply withTags(Reply reply, List<Tag> accepted) {
        return accepted.isEmpty()
                ? reply
                : reply.with("OCI-Tag", accepted.stream().map(Tag::value).collect(Collectors.joining(", ")));
    }

    /** What the client says it is, or else what the manifest itself says: the header only SHOULD be there. */
    private static String mediaType(Request request, byte[] content) {
        String mediaType = request.header("Content-Type")
                .map(ManifestEndpoint::withoutParameters)
                .or(() -> Manifest.mediaTypeWithin(content))
                .orElseThrow(() -> invalid("the Content-Type header and the mediaType field are missing"));
        if (!MEDIA_TYPE.matcher(mediaType).matches()) {
            throw invalid("\"" + mediaType + "\" is no media type");
        }
        return mediaType;
    }

    /** {@code a/b} of {@code a/b; charset=utf-8}: RFC 9110, section 8.3.1. */
    private static String withoutParameters(String contentType) {
        int semicolon = contentType.indexOf(';');
        return (semicolon < 0 ? contentType : contentType.substring(0, semicolon)).strip();
    }

    private static Digest digestOf(byte[] content, Reference reference) {
        return switch (reference) {
            case Reference.ByTag _ -> Digest.sha256(content);
            case Reference.ByDigest(Digest expected) -> {
                Digest actual = Digest.of(
                        expected.algorithm(), expected.algorithm().newHash().digest(content));
                if (!actual.equals(expected)) {
                    throw new RegistryException(new DigestMismatch(expected, actual));
                }
                yield actual;
            }
        };
    }

    /** end-9: {@code DELETE}: a tag alone, or a manifest with its tags. */
    Reply delete(Request request) throws IOException {
        RepositoryName name = OciRequest.name(request);
        events.publish(
                switch (OciRequest.reference(request)) {
                    case Reference.ByDigest(Digest digest) -> deleteManifest(request, name, digest);
                    case Reference.ByTag(Tag tag) -> deleteTag(request, name, tag);
                });
        return Reply.of(202);
    }

    private ManifestDeleted deleteManifest(Request request, RepositoryName name, Digest digest) throws IOException {
        StoredManifest manifest = manifests.get(name, new Reference.ByDigest(digest));
        removals.delete(name, digest);
        return new ManifestDeleted(
                name, digest, manifest.mediaType(), request.caller().name());
    }

    private TagDeleted deleteTag(Request request, RepositoryName name, Tag tag) throws IOException {
        Optional<Digest> named = tags.resolve(name, tag);
        if (named.isEmpty() || !tags.delete(name, tag)) {
            throw new RegistryException(new ManifestUnknown(name, new Reference.ByTag(tag)));
        }
        return new TagDeleted(name, tag, named.get(), request.caller().name());
    }

    private static RegistryException invalid(String reason) {
        return new RegistryException(new ManifestInvalid(reason));
    }
}
