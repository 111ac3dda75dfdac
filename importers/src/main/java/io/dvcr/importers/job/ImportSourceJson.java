package io.dvcr.importers.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.converters.format.ImageFormat;
import io.dvcr.importers.source.Checksum;
import io.dvcr.importers.source.HttpSource;
import io.dvcr.importers.source.ImportSource;
import io.dvcr.importers.source.RegistrySource;
import io.dvcr.importers.source.SecretName;
import io.dvcr.importers.source.UploadSource;
import io.dvcr.importers.source.VolumeSource;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.content.UploadId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The sources of imports as JSON: an object whose one field is the kind, and has what there is to say of it. */
public final class ImportSourceJson {
    private static final String HTTP = "http";
    private static final String REGISTRY = "registry";
    private static final String VOLUME = "volume";
    private static final String UPLOAD = "upload";

    private ImportSourceJson() {}

    static void put(ImportSource source, ObjectNode json) {
        switch (source) {
            case HttpSource http -> put(http, json.putObject(HTTP));
            case RegistrySource registry -> put(registry, json.putObject(REGISTRY));
            case VolumeSource volume -> put(volume, json.putObject(VOLUME));
            case UploadSource upload -> put(upload, json.putObject(UPLOAD));
        }
    }

    private static void put(HttpSource source, ObjectNode json) {
        json.put("url", source.url().toString());
        source.checksum().ifPresent(checksum -> put(checksum, json));
        source.checksumUrl().ifPresent(url -> json.put("checksumUrl", url.toString()));
        source.secret().ifPresent(secret -> json.put("secret", secret.value()));
    }

    private static void put(UploadSource source, ObjectNode json) {
        json.put("id", source.id().toString());
        source.checksum().ifPresent(checksum -> put(checksum, json));
    }

    /** Says what a file must hash to, as the field {@code checksum} of {@code json}. */
    public static void put(Checksum checksum, ObjectNode json) {
        json.putObject("checksum").put(checksum.algorithm().label(), checksum.hex());
    }

    /** @throws RegistryException with {@link RequestInvalid} or another error if a client's {@code json} will not do */
    static ImportSource parse(JsonNode json) {
        if (!json.isObject() || json.size() != 1) {
            throw noSource();
        }
        Map.Entry<String, JsonNode> kind = json.properties().iterator().next();
        return switch (kind.getKey()) {
            case HTTP -> http(new JsonFields("source.http", kind.getValue()));
            case REGISTRY -> registry(new JsonFields("source.registry", kind.getValue()));
            case VOLUME -> volume(new JsonFields("source.volume", kind.getValue()));
            case UPLOAD -> upload(new JsonFields("source.upload", kind.getValue()));
            default -> throw noSource();
        };
    }

    private static HttpSource http(JsonFields http) {
        http.requireOnly(List.of("url", "checksum", "checksumUrl", "secret"));
        return HttpSource.parse(
                http.text("url"),
                checksum(http),
                http.optionalText("checksumUrl"),
                http.optionalText("secret").map(SecretName::parse));
    }

    private static void put(RegistrySource source, ObjectNode json) {
        json.put("image", source.reference());
        json.put("architecture", source.architecture());
        source.secret().ifPresent(secret -> json.put("secret", secret.value()));
    }

    private static void put(VolumeSource source, ObjectNode json) {
        json.put("path", source.path().toString());
        source.checksum().ifPresent(checksum -> put(checksum, json));
    }

    private static VolumeSource volume(JsonFields volume) {
        volume.requireOnly(List.of("path", "checksum"));
        return VolumeSource.parse(volume.text("path"), checksum(volume));
    }

    private static RegistrySource registry(JsonFields registry) {
        registry.requireOnly(List.of("image", "architecture", "secret"));
        return RegistrySource.parse(
                registry.text("image"),
                registry.optionalText("architecture"),
                registry.optionalText("secret").map(SecretName::parse));
    }

    private static UploadSource upload(JsonFields upload) {
        return new UploadSource(UploadId.parse(upload.text("id")), checksum(upload));
    }

    /** What the field {@code checksum} says that a file must hash to. */
    public static Optional<Checksum> checksum(JsonFields file) {
        return file.optionalObject("checksum").map(ImportSourceJson::oneChecksum);
    }

    /** What the field {@code format} says that an image must be. */
    public static Optional<ImageFormat> format(JsonFields file) {
        return file.optionalText("format")
                .map(text -> ImageFormat.named(text)
                        .orElseThrow(() -> JsonFields.invalid(
                                "format must be one of " + List.of(ImageFormat.values()) + ", not " + text)));
    }

    private static Checksum oneChecksum(JsonFields checksum) {
        if (checksum.json().size() != 1) {
            throw JsonFields.invalid(checksum.name() + " must have one algorithm and its value");
        }
        Map.Entry<String, JsonNode> field =
                checksum.json().properties().iterator().next();
        return Checksum.parse(field.getKey(), field.getValue().asText());
    }

    private static RegistryException noSource() {
        return JsonFields.invalid(
                "source must be an object with one field, which is the kind of source: http, registry or volume");
    }
}
