package io.dvcr.importers.unpack;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
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
    private final int maxMemoryKib;
    private final int decoders;
    private final ExecutorService threads; // none is started before it has work
    private InputStream stream;
    private boolean ended;

    /** @param decoders how many blocks are decoded at once, where that can be */
    XzStream(BufferedInputStream in, int maxMemoryKib, int decoders) throws IOException {
        this.in = in;
        this.maxMemoryKib = maxMemoryKib;
        this.decoders = decoders;
        this.threads = Executors.newFixedThreadPool(
                decoders, Thread.ofPlatform().daemon().name("unxz-", 0).factory());
        this.stream = begin();
    }

    private InputStream begin() throws IOException {
        Optional<XzBlocks> blocks = XzBlocks.in(in, maxMemoryKib, decoders, threads);
        return blocks.isPresent() ? blocks.get() : new SingleXZInputStream(in, maxMemoryKib);
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
