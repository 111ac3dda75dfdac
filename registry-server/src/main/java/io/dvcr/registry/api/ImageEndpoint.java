package io.dvcr.registry.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.importers.image.ImageJson;
import io.dvcr.importers.image.ImageListing;
import io.dvcr.importers.image.ImageStore;
import io.dvcr.importers.image.SharedImage;
import io.dvcr.importers.image.StoredImage;
import io.dvcr.importers.job.PushedConversions;
import io.dvcr.registry.access.Action;
import io.dvcr.registry.access.Permission;
import io.dvcr.registry.event.RegistryEvent.ManifestDeleted;
import io.dvcr.registry.event.RegistryEvent.TagDeleted;
import io.dvcr.registry.event.RegistryEvents;
import io.dvcr.registry.http.JsonReply;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Request;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.content.Derivation;
import io.dvcr.storage.content.StoredManifest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** {@code /api/v1/images} and {@code /api/v1/images/<repository>/<reference>}. */
final class ImageEndpoint {
    private final ImageStore images;
    private final PushedConversions conversions;
    private final RegistryEvents events;

    ImageEndpoint(ImageStore images, PushedConversions conversions, RegistryEvents events) {
        this.images = images;
        this.conversions = conversions;
        this.events = events;
    }

    /** {@code GET}: what the caller may pull. */
    Reply list(Request request) throws IOException {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("images");
        images.list().stream()
                .filter(image -> request.caller().may(new Permission.OnRepository(image.repository(), Action.PULL)))
                .forEach(image -> list.add(toJson(image)));
        return JsonReply.of(200, json);
    }

    /** {@code GET}; with {@code sharing=true} also which others have packs of it, of those the caller may pull. */
    Reply get(Request request) throws IOException {
        Optional<ImageListing> listing = reference(request) instanceof Reference.ByTag(Tag tag)
                ? images.listing(repository(request), tag)
                : Optional.empty();
        if (listing.filter(one -> one.image().isEmpty()).isPresent()) {
            return JsonReply.of(200, toJson(listing.get()));
        }
        StoredImage image = find(images, request);
        ObjectNode json = sharing(request, image).put("state", "Ready");
        listing.filter(one -> one.derivation().isPresent())
                .ifPresent(one -> json.put("pushed", one.manifest().toString()));
        return JsonReply.of(200, json);
    }

    private ObjectNode sharing(Request request, StoredImage image) throws IOException {
        if (request.query("sharing").filter("true"::equals).isEmpty()) {
            return ImageJson.toJson(image.details());
        }
        List<SharedImage> sharing = images.sharing(
                image, repository -> request.caller().may(new Permission.OnRepository(repository, Action.PULL)));
        return ImageJson.toJson(image.details(), sharing);
    }

    private ObjectNode toJson(ImageListing listing) {
        if (listing.image().isPresent()) {
            ObjectNode json = ImageJson.toJson(listing.image().get()).put("state", "Ready");
            return listing.derivation().isPresent()
                    ? json.put("pushed", listing.manifest().toString())
                    : json;
        }
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("repository", listing.repository().value());
        json.put("tag", listing.tag().value());
        json.put("pushed", listing.manifest().toString());
        Optional<Derivation.Fault> fault = listing.derivation().flatMap(Derivation::fault);
        if (fault.isPresent()) {
            json.put("state", "Failed");
            json.putObject("error")
                    .put("code", fault.get().code())
                    .put("message", fault.get().message());
        } else {
            json.put("state", "Converting");
            json.put("percent", conversions.percent(listing.repository(), listing.manifest()));
        }
        return json;
    }

    /** {@code DELETE}: the name, and the image with its last name. */
    Reply delete(Request request) throws IOException {
        RepositoryName repository = repository(request);
        Reference reference = reference(request);
        Optional<String> actor = request.caller().name();
        StoredManifest named = images.remove(repository, reference);
        Digest digest = named.digest();
        if (reference instanceof Reference.ByTag(Tag tag)) {
            events.publish(new TagDeleted(repository, tag, digest, actor));
        }
        if (!images.contains(repository, digest)) {
            events.publish(new ManifestDeleted(repository, digest, named.mediaType(), actor));
        }
        return Reply.of(204);
    }

    static StoredImage find(ImageStore images, Request request) throws IOException {
        return images.get(repository(request), reference(request));
    }

    private static RepositoryName repository(Request request) {
        return RepositoryName.parse(request.pathParameter("repository"));
    }

    private static Reference reference(Request request) {
        return Reference.parse(request.pathParameter("reference"));
    }
}
