package io.dvcr.converters.face;

import io.dvcr.converters.disk.KnownChunks.Place;
import io.dvcr.converters.disk.PackSource;
import io.dvcr.converters.disk.UnusablePackException;
import io.dvcr.storage.Digest;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Frames read from packs that are stored. More is read than asked for, since those that come next on a disk mostly lie
 * next in a pack. Not thread-safe.
 */
final class PackWindow {
    private static final int LENGTH = 256 << 10;

    private final PackSource packs;
    private Optional<Window> window = Optional.empty();

    private record Window(Digest pack, int offset, ByteBuffer bytes) {
        boolean holds(Place frame) {
            return pack.equals(frame.pack())
                    && frame.offset() >= offset
                    && frame.offset() + frame.frameLength() <= offset + bytes.limit();
        }
    }

    PackWindow(PackSource packs) {
        this.packs = packs;
    }

    /** @throws UnusablePackException if the pack cannot be read there */
    ByteBuffer read(Place frame) throws UnusablePackException {
        Window holding = window.filter(open -> open.holds(frame)).orElse(null);
        if (holding == null) {
            holding = open(frame);
            window = Optional.of(holding);
        }
        return holding.bytes().slice(frame.offset() - holding.offset(), frame.frameLength());
    }

    private Window open(Place frame) throws UnusablePackException {
        int length = Math.min(Math.max(LENGTH, frame.frameLength()), frame.packLength() - frame.offset());
        try (InputStream in = packs.open(frame.pack(), frame.offset(), length)) {
            byte[] bytes = in.readNBytes(length);
            if (bytes.length < frame.frameLength()) {
                throw new EOFException("it ends within a frame");
            }
            return new Window(frame.pack(), frame.offset(), ByteBuffer.wrap(bytes));
        } catch (IOException e) {
            throw new UnusablePackException(frame.pack(), e);
        }
    }
}
