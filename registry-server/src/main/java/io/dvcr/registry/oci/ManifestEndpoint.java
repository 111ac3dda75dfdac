package io.dvcr.registry.oci;

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
import io.dvcr.storage.content.Manifest;
import io.dvcr.storage.content.ManifestStore;
import io.dvcr.storage.content.StoredManifest;
import io.dvcr.storage.content.TagStore;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/** {@code /v2/<name>/manifests/<reference>}. */
final class ManifestEndpoint {
    private final ManifestStore manifests;
    private final TagStore tags;

    ManifestEndpoint(ManifestStore manifests, TagStore tags) {
        this.manifests = manifests;
        this.tags = tags;
    }

    /** end-3: {@code GET} or {@code HEAD}. */
    Reply get(Request request) throws IOException {
        StoredManifest manifest = manifests.get(OciRequest.name(request), OciRequest.reference(request));
        return Reply.of(200, new Body.Bytes(manifest.content()))
                .with("Content-Type", manifest.mediaType())
                .with("ETag", "\"" + manifest.digest() + "\"")
                .with("Docker-Content-Digest", manifest.digest());
    }

    /** end-7a: {@code PUT}; end-7b: by digest, with {@code ?tag=} any number of times. */
    Reply put(Request request) throws IOException {
        RepositoryName name = OciRequest.name(request);
        Reference reference = OciRequest.reference(request);
        String mediaType = request.header("Content-Type")
                .map(ManifestEndpoint::withoutParameters)
                .orElseThrow(() -> invalid("the Content-Type header is missing"));
        byte[] content = RequestBytes.readAll(request, "the manifest", OciRoutes.MAX_MANIFEST_BYTES);
        List<Tag> extraTags = request.queryAll("tag").stream().map(Tag::parse).toList();
        Digest digest = digestOf(content, reference);
        Manifest manifest = manifests.put(name, new StoredManifest(digest, mediaType, content));
        if (reference instanceof Reference.ByTag(Tag tag)) {
            tags.put(name, tag, digest);
        }
        for (Tag tag : extraTags) {
            tags.put(name, tag, digest);
        }
        Reply reply = Reply.of(201)
                .with("Location", "/v2/" + name + "/manifests/" + digest)
                .with("Docker-Content-Digest", digest);
        return withTags(withSubject(reply, manifest), extraTags);
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
        Reference reference = OciRequest.reference(request);
        switch (reference) {
            case Reference.ByDigest(Digest digest) -> manifests.delete(name, digest);
            case Reference.ByTag(Tag tag) -> {
                if (!tags.delete(name, tag)) {
                    throw new RegistryException(new ManifestUnknown(name, reference));
                }
            }
        }
        return Reply.of(202);
    }

    private static RegistryException invalid(String reason) {
        return new RegistryException(new ManifestInvalid(reason));
    }
}
