package io.dvcr.registry.api;

import static java.nio.file.StandardOpenOption.READ;

import io.dvcr.converters.disk.ChunkedDisk;
import io.dvcr.converters.qemu.OutputFormat;
import io.dvcr.importers.image.ConvertedImages;
import io.dvcr.importers.image.ImageStore;
import io.dvcr.importers.image.StoredImage;
import io.dvcr.registry.http.RangedReply;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Reply.Body;
import io.dvcr.registry.http.Request;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code GET /api/v1/images/<repository>/<reference>/disk?format=<format>}: an image as a flat file. */
final class DiskEndpoint {
    private final ImageStore images;
    private final ConvertedImages converted;

    DiskEndpoint(ImageStore images, ConvertedImages converted) {
        this.images = images;
        this.converted = converted;
    }

    Reply get(Request request) throws IOException {
        StoredImage image = ImageEndpoint.find(images, request);
        String format = request.query("format").orElse("raw");
        Reply reply = switch (format) {
            case "raw" -> raw(request, image);
            case "qcow2" -> qcow2(request, image);
            default ->
                throw new RegistryException(new RequestInvalid("format must be raw or qcow2, not \"" + format + "\""));
        };
        return reply.with("Docker-Content-Digest", image.details().digest());
    }

    /** Straight from the packs. */
    private Reply raw(Request request, StoredImage image) throws IOException {
        ChunkedDisk disk = images.open(image);
        return new RangedReply(disk.size(), "application/octet-stream", etag(image, "raw"))
                .to(
                        request,
                        range -> new Body.Stream(
                                range.length(), target -> disk.copyTo(target, range.offset(), range.length())));
    }

    private Reply qcow2(Request request, StoredImage image) throws IOException {
        Path file = converted.get(image, OutputFormat.QCOW2);
        return new RangedReply(Files.size(file), "application/octet-stream", etag(image, "qcow2"))
                .to(request, range -> new Body.FilePart(FileChannel.open(file, READ), range));
    }

    private static String etag(StoredImage image, String format) {
        Digest digest = image.details().digest();
        return digest.hex() + "." + format;
    }
}
