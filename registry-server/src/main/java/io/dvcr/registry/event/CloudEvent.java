package io.dvcr.registry.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.registry.event.RegistryEvent.ImageImported;
import io.dvcr.registry.event.RegistryEvent.ImportFailed;
import io.dvcr.registry.event.RegistryEvent.ManifestDeleted;
import io.dvcr.registry.event.RegistryEvent.ManifestPushed;
import io.dvcr.registry.event.RegistryEvent.TagDeleted;
import io.dvcr.storage.Digest;
import java.time.Instant;
import java.util.Optional;

/**
 * An event as others read it: CloudEvents 1.0 in the JSON event format, structured mode. The {@code subject} is
 * {@code repository:tag}, or {@code repository@digest} where there is no tag.
 *
 * @param id unlike that of any other event; a receiver who gets an event twice can tell by it
 * @param source of the event, a URI reference
 */
record CloudEvent(String id, String source, Instant time, RegistryEvent event) {
    static final String CONTENT_TYPE = "application/cloudevents+json; charset=utf-8";

    byte[] toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("specversion", "1.0");
        json.put("id", id);
        json.put("source", source);
        json.put("type", EventType.of(event).label());
        json.put("subject", subject());
        json.put("time", time.toString());
        json.put("datacontenttype", "application/json");
        json.set("data", data());
        return json.toString().getBytes(UTF_8);
    }

    private String subject() {
        return event.repository()
                + switch (event) {
                    case ManifestPushed pushed
                    when !pushed.tags().isEmpty() -> ":" + pushed.tags().getFirst();
                    case ManifestPushed pushed -> "@" + pushed.digest();
                    case ManifestDeleted deleted -> "@" + deleted.digest();
                    case TagDeleted deleted -> ":" + deleted.tag();
                    case ImageImported imported -> ":" + imported.tag();
                    case ImportFailed failed -> ":" + failed.tag();
                };
    }

    private ObjectNode data() {
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        data.put("repository", event.repository().value());
        switch (event) {
            case ManifestPushed pushed -> {
                putContent(data, pushed.digest(), pushed.mediaType());
                data.put("size", pushed.size());
                ArrayNode tags = data.putArray("tags");
                pushed.tags().forEach(tag -> tags.add(tag.value()));
                putActor(data, pushed.actor());
            }
            case ManifestDeleted deleted -> {
                putContent(data, deleted.digest(), deleted.mediaType());
                putActor(data, deleted.actor());
            }
            case TagDeleted deleted -> {
                data.putArray("tags").add(deleted.tag().value());
                data.put("digest", deleted.digest().toString());
                putActor(data, deleted.actor());
            }
            case ImageImported imported -> {
                putContent(data, imported.digest(), imported.mediaType());
                data.put("size", imported.size());
                data.putArray("tags").add(imported.tag().value());
                data.put("import", imported.job());
            }
            case ImportFailed failed -> {
                data.putArray("tags").add(failed.tag().value());
                data.put("import", failed.job());
                data.putObject("error").put("code", failed.code()).put("message", failed.message());
            }
        }
        return data;
    }

    private static void putContent(ObjectNode data, Digest digest, String mediaType) {
        data.put("digest", digest.toString());
        data.put("mediaType", mediaType);
    }

    private static void putActor(ObjectNode data, Optional<String> actor) {
        actor.ifPresent(name -> data.putObject("actor").put("name", name));
    }
}
