package io.dvcr.registry.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.converters.disk.DiskManifest;
import io.dvcr.importers.image.ImageJson;
import io.dvcr.importers.image.ImageStore;
import io.dvcr.importers.image.StoredImage;
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
import java.io.IOException;
import java.util.Optional;

/** {@code /api/v1/images} and {@code /api/v1/images/<repository>/<reference>}. */
final class ImageEndpoint {
    private final ImageStore images;
    private final RegistryEvents events;

    ImageEndpoint(ImageStore images, RegistryEvents events) {
        this.images = images;
        this.events = events;
    }

    /** {@code GET}: what the caller may pull. */
    Reply list(Request request) throws IOException {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("images");
        images.list().stream()
                .filter(image -> request.caller().may(new Permission.OnRepository(image.repository(), Action.PULL)))
                .forEach(image -> list.add(ImageJson.toJson(image)));
        return JsonReply.of(200, json);
    }

    Reply get(Request request) throws IOException {
        return JsonReply.of(200, ImageJson.toJson(find(images, request).details()));
    }

    /** {@code DELETE}: the name, and the image with its last name. */
    Reply delete(Request request) throws IOException {
        RepositoryName repository = repository(request);
        Reference reference = reference(request);
        Optional<String> actor = request.caller().name();
        Digest digest = images.get(repository, reference).details().digest();
        images.remove(repository, reference);
        if (reference instanceof Reference.ByTag(Tag tag)) {
            events.publish(new TagDeleted(repository, tag, digest, actor));
        }
        if (images.find(repository, new Reference.ByDigest(digest)).isEmpty()) {
            events.publish(new ManifestDeleted(repository, digest, DiskManifest.MEDIA_TYPE, actor));
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
