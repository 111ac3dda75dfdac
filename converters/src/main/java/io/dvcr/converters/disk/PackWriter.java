package io.dvcr.converters.disk;

import io.dvcr.converters.BackgroundThread;
import io.dvcr.converters.Waiting;
import io.dvcr.storage.Digest;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Future;

/**
 * Fills packs with frames, section "Packs", and stores them: one is being stored while the next is being filled. Not
 * thread-safe.
 */
final class PackWriter implements Closeable {
    private static final int FIRST_BUFFER = 1 << 20;

    private final BlobSink sink;
    private final int maxPackBytes;
    private final DiskIndexBuilder index;
    private final BackgroundThread thread = new BackgroundThread("disk-packs");
    private final Queue<Stored> underWay = new ArrayDeque<>(1);
    private final List<BlobDescriptor> stored = new ArrayList<>();
    private ByteBuffer pack = thread.buffer(FIRST_BUFFER);
    private ByteBuffer packUnderWay = thread.buffer(FIRST_BUFFER);
    private int packLength;
    private int packNumber;

    /** A pack on its way to the sink. */
    private record Stored(int number, int length, Future<BlobDescriptor> pack) {}

    PackWriter(BlobSink sink, int maxPackBytes, DiskIndexBuilder index) {
        this.sink = sink;
        this.maxPackBytes = maxPackBytes;
        this.index = index;
    }

    FrameLocation append(ByteBuffer frame) throws IOException {
        int frameLength = frame.remaining();
        if (packLength + frameLength > maxPackBytes) {
            store();
        }
        if (packLength == 0) {
            packNumber = index.addPack();
        }
        int offset = packLength;
        packLength += frameLength;
        if (packLength > pack.capacity()) {
            pack = thread.buffer(maxPackBytes).put(0, pack, 0, offset);
        }
        pack.put(offset, frame, frame.position(), frameLength);
        return new FrameLocation(packNumber, offset, frameLength);
    }

    /** The frame there, valid until the next call here, if its pack is not in the sink yet for sure. */
    Optional<ByteBuffer> frame(FrameLocation location) {
        if (packLength > 0 && location.pack() == packNumber) {
            return Optional.of(pack.slice(location.offset(), location.length()));
        }
        Stored storing = underWay.peek();
        return storing != null && location.pack() == storing.number()
                ? Optional.of(packUnderWay.slice(location.offset(), location.length()))
                : Optional.empty();
    }

    /** Does nothing, or fails as the storing of a pack did. */
    void requireSuccess() throws IOException {
        Stored oldest = underWay.peek();
        if (oldest != null && oldest.pack().isDone()) {
            awaitStored();
        }
    }

    /** What is in the packs that are not known to be in the sink, valid until the next call here. */
    List<DiskSoFar.Frames> framesUnderWay() {
        List<DiskSoFar.Frames> frames = new ArrayList<>();
        Stored storing = underWay.peek();
        if (storing != null) {
            frames.add(new DiskSoFar.Frames(storing.number(), view(packUnderWay, storing.length())));
        }
        if (packLength > 0) {
            frames.add(new DiskSoFar.Frames(packNumber, view(pack, packLength)));
        }
        return frames;
    }

    private static ByteBuffer view(ByteBuffer pack, int length) {
        return pack.slice(0, length).asReadOnlyBuffer();
    }

    /** Stores what is left; what comes after goes to another pack. Returns all packs that were stored. */
    List<BlobDescriptor> flush() throws IOException {
        if (packLength > 0) {
            store();
        }
        awaitStored();
        return List.copyOf(stored);
    }

    @Override
    public void close() {
        thread.close();
    }

    private void store() throws IOException {
        awaitStored();
        ByteBuffer full = pack;
        ByteBuffer content = full.slice(0, packLength);
        underWay.add(new Stored(packNumber, packLength, thread.submit(() -> put(content))));
        pack = packUnderWay;
        packUnderWay = full;
        packLength = 0;
    }

    private BlobDescriptor put(ByteBuffer content) throws IOException {
        MessageDigest hash = Digest.Algorithm.SHA256.newHash();
        hash.update(content.duplicate());
        Digest digest = Digest.of(Digest.Algorithm.SHA256, hash.digest());
        BlobDescriptor descriptor = DiskManifest.pack(digest, content.remaining());
        sink.put(descriptor.digest(), descriptor.mediaType(), content);
        return descriptor;
    }

    private void awaitStored() throws IOException {
        while (!underWay.isEmpty()) {
            Stored oldest = underWay.remove();
            BlobDescriptor descriptor = Waiting.on(oldest.pack());
            index.completePack(oldest.number(), descriptor);
            stored.add(descriptor);
        }
    }
}
