package io.dvcr.registry.oci;

import io.dvcr.registry.http.RangedReply;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Reply.Body;
import io.dvcr.registry.http.Request;
import io.dvcr.storage.AddressRange;
import io.dvcr.storage.RegistryError.BlobUnknown;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.content.Blob;
import io.dvcr.storage.content.BlobStore;
import io.dvcr.storage.object.ByteRange;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** {@code /v2/<name>/blobs/<digest>}. */
final class BlobEndpoint {
    private final BlobStore blobs;
    private final List<AddressRange> redirected;

    /** @param redirected the networks of those who are sent to the store itself */
    BlobEndpoint(BlobStore blobs, List<AddressRange> redirected) {
        this.blobs = blobs;
        this.redirected = redirected;
    }

    /**
     * end-2: {@code GET} or {@code HEAD}, with or without a range. Who is redirected sends the range again, to where it
     * is sent.
     */
    Reply get(Request request) throws IOException {
        Blob blob = blobs.get(OciRequest.name(request), OciRequest.digest(request));
        Optional<URI> link = isRedirected(request, blob) ? blobs.linkTo(blob.digest()) : Optional.empty();
        if (link.isPresent()) {
            return Reply.of(307)
                    .with("Location", link.get())
                    .with("Docker-Content-Digest", blob.digest())
                    .with("Cache-Control", "no-store"); // the link is for this client, and not for long
        }
        RangedReply reply = new RangedReply(
                blob.size(), "application/octet-stream", blob.digest().toString());
        try {
            return reply.to(request, range -> body(blob, range)).with("Docker-Content-Digest", blob.digest());
        } catch (NoSuchFileException e) { // collected, or put in quarantine, since it was looked up
            throw new RegistryException(new BlobUnknown(blob.digest()));
        }
    }

    private boolean isRedirected(Request request, Blob blob) {
        return !request.isHead()
                && !blobs.isSmall(blob)
                && redirected.stream()
                        .anyMatch(network -> network.contains(request.client().address()));
    }

    private Body body(Blob blob, ByteRange range) throws IOException {
        if (blobs.isSmall(blob)) {
            return new Body.Bytes(part(blobs.readAll(blob), range));
        }
        Optional<FileChannel> file = blobs.openFile(blob.digest());
        return file.isPresent()
                ? new Body.FilePart(file.get(), range)
                : new Body.Stream(range.length(), target -> {
                    try (InputStream in = blobs.open(blob.digest(), range)) {
                        in.transferTo(target);
                    }
                });
    }

    private static byte[] part(byte[] content, ByteRange range) {
        return range.length() == content.length
                ? content
                : Arrays.copyOfRange(content, (int) range.offset(), (int) range.end());
    }

    /** end-10: {@code DELETE}. */
    Reply delete(Request request) throws IOException {
        blobs.delete(OciRequest.name(request), OciRequest.digest(request));
        return Reply.of(202);
    }
}
