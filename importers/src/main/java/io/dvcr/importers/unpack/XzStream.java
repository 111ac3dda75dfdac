package io.dvcr.importers.unpack;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.tukaani.xz.SingleXZInputStream;

/**
 * What was compressed with xz, all streams behind each other, with padding between them (The .xz File Format, section
 * 2.2). XZ for Java can do that too, but takes a little that follows and is no stream for one that is cut off. Not
 * thread-safe.
 */
final class XzStream extends BulkInputStream {
    private static final int PADDING = 4;
    private static final int MAGIC_BYTES = 6;

    private final BufferedInputStream in;
    private final DictionaryRoom room;
    private final int decoders;
    private final ExecutorService threads; // none is started before it has work
    private InputStream stream;
    private boolean ended;

    /** @param decoders how many blocks are decoded at once, where that can be and there is room */
    XzStream(BufferedInputStream in, DictionaryRoom room, int decoders) throws IOException {
        this.in = in;
        this.room = room;
        this.decoders = decoders;
        this.threads = Executors.newFixedThreadPool(
                decoders, Thread.ofPlatform().daemon().name("unxz-", 0).factory());
        this.stream = begin();
    }

    /** Blocks are decoded ahead for one file at a time; others are as they come. */
    private InputStream begin() throws IOException {
        if (XzBlocks.areNext(in) && room.tryToHold()) {
            return new XzBlocks(in, decoders, threads);
        }
        return new SingleXZInputStream(in, DictionaryRoom.MAX_BYTES >> 10, room);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        while (length > 0 && !ended) {
            int read = stream.read(target, offset, length);
            if (read > 0) {
                return read;
            }
            next();
        }
        return length == 0 ? 0 : -1;
    }

    private void next() throws IOException {
        byte[] head = peek(PADDING);
        while (head.length == PADDING && Arrays.equals(head, new byte[PADDING])) {
            in.skipNBytes(PADDING);
            head = peek(PADDING);
        }
        ended = head.length == 0;
        if (ended) {
            return;
        }
        if (!Compression.XZ.begins(peek(MAGIC_BYTES))) {
            throw Compression.XZ.trailing();
        }
        stream = begin();
    }

    private byte[] peek(int bytes) throws IOException {
        in.mark(bytes);
        byte[] head = in.readNBytes(bytes);
        in.reset();
        return head;
    }

    @Override
    public void close() throws IOException {
        threads.shutdownNow();
        threads.close();
        stream.close();
    }
}
