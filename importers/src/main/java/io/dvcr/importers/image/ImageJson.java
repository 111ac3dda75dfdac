package io.dvcr.importers.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** {@link ImageDetails} as JSON: one form for the API, for jobs and for clients. */
public final class ImageJson {
    private ImageJson() {}

    public static ObjectNode toJson(ImageDetails image) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("repository", image.repository().value());
        image.tag().ifPresent(tag -> json.put("tag", tag.value()));
        json.put("digest", image.digest().toString());
        json.put("format", image.format());
        json.put("virtualSize", image.virtualSize());
        json.put("usedSize", image.usedSize());
        json.put("storedSize", image.storedSize());
        image.newlyStored().ifPresent(bytes -> json.put("newlyStored", bytes));
        json.put("cdrom", image.cdrom());
        image.partitionTable().ifPresent(name -> json.put("partitionTable", name));
        image.firmware().ifPresent(name -> json.put("firmware", name));
        json.put("created", image.created().toString());
        return json;
    }

    /** {@code image}, and which others have packs of it. */
    public static ObjectNode toJson(ImageDetails image, List<SharedImage> sharing) {
        ObjectNode json = toJson(image);
        ArrayNode list = json.putArray("sharedWith");
        sharing.forEach(other -> list.addObject()
                .put("repository", other.repository().value())
                .put("tag", other.tag().value())
                .put("sharedBytes", other.sharedBytes()));
        return json;
    }

    /** @throws RuntimeException if {@code json} is not what {@link #toJson} writes */
    public static ImageDetails parse(JsonNode json) {
        return new ImageDetails(
                new RepositoryName(json.path("repository").asText()),
                optionalText(json.path("tag")).map(Tag::new),
                Digest.parse(json.path("digest").asText()),
                json.path("format").asText(),
                json.path("virtualSize").asLong(),
                json.path("usedSize").asLong(),
                json.path("storedSize").asLong(),
                optionalLong(json.path("newlyStored")),
                json.path("cdrom").asBoolean(),
                optionalText(json.path("partitionTable")),
                optionalText(json.path("firmware")),
                Instant.parse(json.path("created").asText()));
    }

    private static Optional<String> optionalText(JsonNode text) {
        return Optional.of(text.asText()).filter(value -> !value.isEmpty());
    }

    private static OptionalLong optionalLong(JsonNode number) {
        return number.isNumber() ? OptionalLong.of(number.asLong()) : OptionalLong.empty();
    }
}
