package io.dvcr.registry.api;

import io.dvcr.converters.disk.ChunkedDisk;
import io.dvcr.converters.qemu.OutputFormat;
import io.dvcr.importers.image.ConvertedFile;
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
import io.dvcr.storage.object.ByteRange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** {@code GET /api/v1/images/<repository>/<reference>/disk?format=<format>}: an image as a flat file. */
final class DiskEndpoint {
    private static final int MAX_CACHED_RANGE_BYTES = 1 << 20;

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
            case "raw" -> disk(request, image, format);
            case "iso" -> iso(request, image);
            default ->
                converted(
                        request,
                        image,
                        DownloadFormat.named(format)
                                .orElseThrow(
                                        () -> invalid("format must be raw, iso, qcow2, vmdk, vdi, vhd or vhdx, not \""
                                                + format + "\"")));
        };
        return reply.with("Docker-Content-Digest", image.details().digest());
    }

    private Reply iso(Request request, StoredImage image) throws IOException {
        if (!image.details().cdrom()) {
            throw invalid("the image is no optical disc: format=iso is for those alone");
        }
        return disk(request, image, "iso");
    }

    /** Straight from the packs. */
    private Reply disk(Request request, StoredImage image, String format) throws IOException {
        ChunkedDisk disk = images.open(image);
        return new RangedReply(disk.size(), "application/octet-stream", etag(image, format))
                .to(request, range -> new Body.Stream(range.length(), target -> write(disk, range, target)));
    }

    /** Who asks for little may well ask for it again, as a guest does that boots. */
    private static void write(ChunkedDisk disk, ByteRange range, OutputStream target) throws IOException {
        if (range.length() > MAX_CACHED_RANGE_BYTES) {
            disk.copyTo(target, range.offset(), range.length());
        } else {
            byte[] content = new byte[(int) range.length()];
            disk.read(range.offset(), ByteBuffer.wrap(content));
            target.write(content);
        }
    }

    private Reply converted(Request request, StoredImage image, OutputFormat format) throws IOException {
        DownloadFormat.requireHolds(format, image);
        ConvertedFile file = converted.open(image, format);
        boolean sent = false;
        try {
            String etag = etag(image, DownloadFormat.name(format) + "." + file.version());
            Reply reply = new RangedReply(file.channel().size(), "application/octet-stream", etag)
                    .to(request, range -> new Body.FilePart(file.channel(), range));
            sent = reply.body() instanceof Body.FilePart;
            return reply;
        } finally {
            if (!sent) {
                file.close();
            }
        }
    }

    private static RegistryException invalid(String reason) {
        return new RegistryException(new RequestInvalid(reason));
    }

    private static String etag(StoredImage image, String format) {
        Digest digest = image.details().digest();
        return digest.hex() + "." + format;
    }
}
