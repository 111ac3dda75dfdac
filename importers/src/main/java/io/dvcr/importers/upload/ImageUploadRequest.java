package io.dvcr.importers.upload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.converters.format.ImageFormat;
import io.dvcr.importers.job.ImportRequest;
import io.dvcr.importers.job.ImportSourceJson;
import io.dvcr.importers.job.JsonFields;
import io.dvcr.importers.source.Checksum;
import io.dvcr.importers.source.UploadSource;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.content.UploadId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a client wants to send, and what is to be made of it.
 *
 * @param base an image that it is likely to have much in common with
 * @param containerDisk whether the image gets a containerDisk; empty if that is as configured
 * @param size of the file, in bytes, if the client says
 */
public record ImageUploadRequest(
        RepositoryName repository,
        Tag tag,
        Optional<ImageReference> base,
        Optional<Boolean> containerDisk,
        Optional<Checksum> checksum,
        Optional<ImageFormat> format,
        OptionalLong size) {
    private static final List<String> FIELDS = List.of("target", "base", "containerDisk", "checksum", "format", "size");

    /** @throws RegistryException with {@link RequestInvalid} or another error if a client's {@code json} will not do */
    public static ImageUploadRequest parse(JsonNode json) {
        JsonFields fields = new JsonFields("upload", json);
        fields.requireOnly(FIELDS);
        ImageReference target = ImageReference.parse(fields.text("target"));
        if (!(target.reference() instanceof Reference.ByTag(Tag tag))) {
            throw JsonFields.invalid("target must be <repository>:<tag>: a digest cannot be chosen");
        }
        return new ImageUploadRequest(
                target.repository(),
                tag,
                fields.optionalText("base").map(ImageReference::parse),
                fields.optionalFlag("containerDisk"),
                ImportSourceJson.checksum(fields),
                ImportSourceJson.format(fields),
                size(json.path("size")));
    }

    private static OptionalLong size(JsonNode size) {
        if (size.isMissingNode() || size.isNull()) {
            return OptionalLong.empty();
        }
        if (!size.isIntegralNumber() || !size.canConvertToLong() || size.longValue() < 0) {
            throw JsonFields.invalid("size must be a number of bytes");
        }
        return OptionalLong.of(size.longValue());
    }

    void put(ObjectNode json) {
        json.put("target", repository + ":" + tag);
        base.ifPresent(image -> json.put("base", image.toString()));
        containerDisk.ifPresent(wanted -> json.put("containerDisk", wanted));
        checksum.ifPresent(expected -> ImportSourceJson.put(expected, json));
        format.ifPresent(expected -> json.put("format", expected.toString()));
        size.ifPresent(bytes -> json.put("size", bytes));
    }

    ImageUploadRequest of(long bytes) {
        return new ImageUploadRequest(repository, tag, base, containerDisk, checksum, format, OptionalLong.of(bytes));
    }

    /** The import of what was sent as upload {@code id}. */
    ImportRequest importOf(UploadId id) {
        return new ImportRequest(repository, tag, new UploadSource(id, checksum), base, containerDisk, format);
    }
}
