package io.dvcr.registry.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.importers.upload.ImageUploadRequest;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** {@code Upload-Metadata}: what the file is to become, among what a client has to say of it otherwise. */
record TusMetadata(Map<String, String> values) {

    /** @throws RegistryException with {@link RequestInvalid} unless it is as tus has it, "Upload-Metadata" */
    static TusMetadata parse(String header) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String pair : header.split(",", -1)) {
            String[] keyAndValue = pair.strip().split(" ", 2);
            String value = keyAndValue.length == 2 ? decode(keyAndValue[1]) : "";
            if (!keyAndValue[0].isEmpty() && values.put(keyAndValue[0], value) != null) {
                throw invalid("has " + keyAndValue[0] + " twice");
            }
        }
        return new TusMetadata(values);
    }

    private static String decode(String base64) {
        try {
            return new String(Base64.getDecoder().decode(base64.strip()), UTF_8);
        } catch (IllegalArgumentException e) {
            throw invalid("has a value that is not Base64");
        }
    }

    private static RegistryException invalid(String fault) {
        return new RegistryException(new RequestInvalid("Upload-Metadata " + fault));
    }

    /** What the file is to become; the size is told elsewhere. */
    ImageUploadRequest request(Optional<Long> size) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        value("target").ifPresent(target -> json.put("target", target));
        value("base").ifPresent(base -> json.put("base", base));
        value("format").ifPresent(format -> json.put("format", format));
        value("containerDisk").ifPresent(wanted -> json.put("containerDisk", flag(wanted)));
        value("checksum").ifPresent(checksum -> putChecksum(checksum, json));
        size.ifPresent(bytes -> json.put("size", bytes));
        return ImageUploadRequest.parse(json);
    }

    private Optional<String> value(String key) {
        return Optional.ofNullable(values.get(key)).filter(value -> !value.isEmpty());
    }

    private static boolean flag(String value) {
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw invalid("must have true or false as containerDisk, not \"" + value + "\"");
        };
    }

    private static void putChecksum(String checksum, ObjectNode json) {
        String[] parts = checksum.split(":", 2);
        json.putObject("checksum").put(parts[0], parts.length == 2 ? parts[1] : "");
    }
}
