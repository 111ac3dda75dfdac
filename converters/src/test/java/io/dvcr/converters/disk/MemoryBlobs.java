package io.dvcr.converters.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.storage.Digest;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A registry's blobs, in memory; it notes what is asked of it. */
public final class MemoryBlobs implements BlobSink, PackSource {
    private final Map<Digest, byte[]> blobs = new ConcurrentHashMap<>();
    private final List<BlobDescriptor> stored = new CopyOnWriteArrayList<>();
    private final List<String> opened = new CopyOnWriteArrayList<>();

    @Override
    public void put(Digest digest, String mediaType, ByteBuffer content) {
        byte[] bytes = new byte[content.remaining()];
        content.get(bytes);
        assertThat(Digest.sha256(bytes)).isEqualTo(digest);
        blobs.put(digest, bytes);
        stored.add(new BlobDescriptor(mediaType, digest, bytes.length));
    }

    @Override
    public InputStream open(Digest pack, long offset, long length) {
        opened.add(pack + " " + offset + "+" + length);
        byte[] bytes = bytes(pack);
        int from = (int) Math.min(offset, bytes.length);
        return new ByteArrayInputStream(bytes, from, (int) Math.min(length, bytes.length - from));
    }

    byte[] bytes(Digest digest) {
        return Objects.requireNonNull(blobs.get(digest));
    }

    /** Has {@code digest} lead to other bytes than it says. */
    public void corrupt(Digest digest, byte[] bytes) {
        blobs.put(digest, bytes);
    }

    List<BlobDescriptor> stored() {
        return stored;
    }

    /** The reads since this was last asked, as {@code pack offset+length}. */
    public List<String> takeOpened() {
        List<String> taken = new ArrayList<>(opened);
        opened.clear();
        return taken;
    }
}
