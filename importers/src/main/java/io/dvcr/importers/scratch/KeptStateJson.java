package io.dvcr.importers.scratch;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.converters.disk.DiskManifest;
import io.dvcr.converters.disk.DiskSoFar.Origin;
import io.dvcr.converters.disk.DiskSoFar.Pack;
import io.dvcr.importers.scratch.KeptState.Chunked;
import io.dvcr.importers.scratch.KeptState.Part;
import io.dvcr.importers.scratch.KeptState.Spooled;
import io.dvcr.importers.source.Representation;
import io.dvcr.storage.Digest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** {@link KeptState} as it is stored. */
final class KeptStateJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private KeptStateJson() {}

    static byte[] write(KeptState state) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        put(state.version(), json.putObject("source"));
        json.put("bytes", state.part().bytes());
        switch (state.part()) {
            case Spooled spooled -> spooled.boot().ifPresent(boot -> json.put("boot", boot.id()));
            case Chunked chunked -> put(chunked, json.putObject("disk"));
        }
        return json.toString().getBytes(UTF_8);
    }

    private static void put(Representation version, ObjectNode json) {
        version.length().ifPresent(length -> json.put("length", length));
        version.entityTag().ifPresent(tag -> json.put("entityTag", tag));
        version.lastModified().ifPresent(time -> json.put("lastModified", time));
        version.contentType().ifPresent(type -> json.put("contentType", type));
        json.put("encoding", version.encoding());
        json.put("hasRanges", version.hasRanges());
    }

    private static void put(Chunked disk, ObjectNode json) {
        json.put("run", disk.run());
        json.put("chunkBytes", disk.chunkBytes());
        json.put("extentBytes", disk.extentBytes());
        ObjectNode underWay = json.putObject("underWay");
        disk.underWay().forEach((pack, bytes) -> underWay.put(pack.toString(), bytes));
        ArrayNode packs = json.putArray("packs");
        for (Pack pack : disk.packs()) {
            packs.addObject()
                    .put("origin", pack.origin().name())
                    .put("digest", pack.blob().digest().toString())
                    .put("size", pack.blob().size());
        }
    }

    /** @throws IOException if {@code content} is anything else */
    static KeptState parse(byte[] content) throws IOException {
        try {
            JsonNode json = JSON.readTree(content);
            return new KeptState(version(json.required("source")), part(json));
        } catch (RuntimeException e) {
            throw new IOException("what was kept of an import is damaged", e);
        }
    }

    private static Representation version(JsonNode json) {
        return new Representation(
                json.has("length") ? OptionalLong.of(json.path("length").asLong()) : OptionalLong.empty(),
                text(json, "entityTag"),
                text(json, "lastModified"),
                text(json, "contentType"),
                json.required("encoding").asText(),
                json.required("hasRanges").asBoolean());
    }

    private static Optional<String> text(JsonNode json, String field) {
        return Optional.of(json.path(field)).filter(JsonNode::isTextual).map(JsonNode::asText);
    }

    private static Part part(JsonNode json) {
        long bytes = json.required("bytes").asLong();
        JsonNode disk = json.path("disk");
        return disk.isObject()
                ? chunked(bytes, disk)
                : new Spooled(bytes, text(json, "boot").map(Boot::new));
    }

    private static Chunked chunked(long bytes, JsonNode json) {
        List<Pack> packs = new ArrayList<>();
        for (JsonNode pack : json.required("packs")) {
            Digest digest = Digest.parse(pack.required("digest").asText());
            packs.add(new Pack(
                    Origin.valueOf(pack.required("origin").asText()),
                    DiskManifest.pack(digest, pack.required("size").asLong())));
        }
        Map<Integer, Integer> underWay = new HashMap<>();
        json.required("underWay")
                .properties()
                .forEach(pack -> underWay.put(
                        Integer.valueOf(pack.getKey()), pack.getValue().asInt()));
        return new Chunked(
                bytes,
                json.required("run").asInt(),
                json.required("chunkBytes").asLong(),
                json.required("extentBytes").asLong(),
                underWay,
                packs);
    }
}
