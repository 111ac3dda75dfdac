package io.dvcr.importers.unpack;

import io.dvcr.converters.Waiting;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.tukaani.xz.ArrayCache;
import org.tukaani.xz.BasicArrayCache;
import org.tukaani.xz.MemoryLimitException;
import org.tukaani.xz.SingleXZInputStream;
import org.tukaani.xz.XZIOException;

/**
 * One stream of xz whose blocks say how long they are, as those do that several threads have made: then several are
 * decoded at once. Each is given to XZ for Java as if it was a stream of its own. What is ahead takes a bounded share of
 * memory; a block that is too large for that is decoded when it is its turn, as it comes in. Used by one thread.
 */
final class XzBlocks extends BulkInputStream {
    private static final int STREAM_HEADER_BYTES = 12;
    private static final int CHECK_PLACE = 7;

    /** By the number of a check. */
    private static final int[] CHECK_BYTES = {0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64};

    /** What a block that is decoded ahead may be, packed and not; {@code xz -6} makes blocks of 24 MiB. */
    private static final int MAX_AHEAD_BYTES = 32 << 20;

    /** What all blocks that are decoded ahead may take, dictionaries and all: two of {@code xz -6}. */
    private static final long MAX_AHEAD_TOTAL_BYTES = 96 << 20;

    private static final byte[] NOTHING = new byte[0];

    private final BufferedInputStream in;
    private final int decoders;
    private final byte[] streamHeader;
    private final int checkBytes;
    private final XzIndex index;
    private final ExecutorService threads;
    private final ArrayCache dictionaries = new BasicArrayCache();
    private final SpareArrays inputs = new SpareArrays();
    private final SpareArrays outputs = new SpareArrays();
    private final Deque<Ahead> queue = new ArrayDeque<>();
    private Optional<Begun> begun = Optional.empty();
    private boolean atIndex;
    private InputStream current = InputStream.nullInputStream();
    private byte[] buffer = NOTHING; // what current reads
    private boolean ended;

    /** A block whose header has been read, and whose other bytes come next. */
    private static final class Begun {
        final XzBlockHeader header;
        final byte[] headerBytes;

        Begun(XzBlockHeader header, byte[] headerBytes) {
            this.header = header;
            this.headerBytes = headerBytes;
        }
    }

    /** A block that is decoded, or has been. */
    private static final class Ahead {
        final XzBlockHeader header;
        final byte[] packed;
        final byte[] content;
        final Future<?> decoding;

        Ahead(XzBlockHeader header, byte[] packed, byte[] content, Future<?> decoding) {
            this.header = header;
            this.packed = packed;
            this.content = content;
            this.decoding = decoding;
        }
    }

    /**
     * The stream that comes next in {@code in}, of which {@link #areNext} is so.
     *
     * @param decoders how many blocks are decoded at once
     * @param threads that decode them, which closing does not end
     */
    XzBlocks(BufferedInputStream in, int decoders, ExecutorService threads) throws IOException {
        this.in = in;
        this.decoders = decoders;
        this.streamHeader = XzIndex.read(in, STREAM_HEADER_BYTES);
        this.checkBytes = CHECK_BYTES[streamHeader[CHECK_PLACE] & 0xf];
        this.index = new XzIndex(Arrays.copyOfRange(streamHeader, CHECK_PLACE - 1, CHECK_PLACE + 1));
        this.threads = threads;
    }

    /** Whether the first block of the stream that comes next says how long it is. Nothing is read. */
    static boolean areNext(BufferedInputStream in) throws IOException {
        in.mark(STREAM_HEADER_BYTES + XzBlockHeader.MAX_BYTES);
        byte[] head = in.readNBytes(STREAM_HEADER_BYTES + XzBlockHeader.MAX_BYTES);
        in.reset();
        return XzBlockHeader.parse(head, STREAM_HEADER_BYTES).isPresent();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        while (length > 0 && !ended) {
            int read = current.read(target, offset, length);
            if (read > 0) {
                return read;
            }
            next();
        }
        return length == 0 ? 0 : -1;
    }

    private void next() throws IOException {
        outputs.give(buffer);
        buffer = NOTHING;
        beginAhead();
        if (!queue.isEmpty()) {
            take(queue.remove());
            beginAhead();
        } else if (begun.isPresent()) {
            current = asItComes(begun.get());
            begun = Optional.empty();
        } else {
            index.read(in);
            ended = true;
        }
    }

    private void take(Ahead first) throws IOException {
        Waiting.on(first.decoding);
        inputs.give(first.packed);
        buffer = first.content;
        current = new ByteArrayInputStream(buffer, 0, (int) first.header.uncompressed());
    }

    private void beginAhead() throws IOException {
        while (queue.size() < decoders) {
            readHeader();
            if (begun.isEmpty() || !hasRoom(begun.get().header)) {
                return;
            }
            queue.add(decodeAhead(begun.get()));
            begun = Optional.empty();
        }
    }

    /** Reads the header of the next block, unless that has been read, or it is the index that comes next. */
    private void readHeader() throws IOException {
        if (begun.isPresent() || atIndex) {
            return;
        }
        in.mark(1);
        byte first = XzIndex.read(in, 1)[0];
        in.reset();
        if (first == 0) {
            atIndex = true;
            return;
        }
        byte[] bytes = XzIndex.read(in, XzBlockHeader.length(first));
        XzBlockHeader header = XzBlockHeader.parse(bytes, 0).orElseThrow(Compression.XZ::damaged);
        index.add(unpadded(header), header.uncompressed());
        begun = Optional.of(new Begun(header, bytes));
    }

    private boolean hasRoom(XzBlockHeader header) {
        long taken = queue.stream().mapToLong(ahead -> memory(ahead.header)).sum();
        return Math.max(header.compressed(), header.uncompressed()) <= MAX_AHEAD_BYTES
                && taken + memory(header) <= MAX_AHEAD_TOTAL_BYTES;
    }

    private static long memory(XzBlockHeader header) {
        return header.dictionary() + header.compressed() + header.uncompressed();
    }

    private long unpadded(XzBlockHeader header) {
        return header.bytes() + header.compressed() + checkBytes;
    }

    /** What follows the header of the block in the block. */
    private long rest(XzBlockHeader header) {
        return header.compressed() + (-header.compressed() & 3) + checkBytes;
    }

    private Ahead decodeAhead(Begun block) throws IOException {
        XzBlockHeader header = block.header;
        byte[] begin = beginOfOne(block);
        byte[] end = index.ofOne(unpadded(header), header.uncompressed());
        int rest = (int) rest(header);
        int length = begin.length + rest + end.length;
        byte[] packed = inputs.take(length);
        System.arraycopy(begin, 0, packed, 0, begin.length);
        if (in.readNBytes(packed, begin.length, rest) < rest) {
            throw Compression.XZ.truncated();
        }
        System.arraycopy(end, 0, packed, begin.length + rest, end.length);
        byte[] content = outputs.take((int) header.uncompressed());
        Future<?> decoding = threads.submit(() -> {
            decode(new ByteArrayInputStream(packed, 0, length), content, (int) header.uncompressed());
            return header;
        });
        return new Ahead(header, packed, content, decoding);
    }

    private byte[] beginOfOne(Begun block) {
        byte[] begin = Arrays.copyOf(streamHeader, streamHeader.length + block.headerBytes.length);
        System.arraycopy(block.headerBytes, 0, begin, streamHeader.length, block.headerBytes.length);
        return begin;
    }

    private void decode(InputStream packed, byte[] content, int length) throws IOException {
        try (SingleXZInputStream block = decoder(packed)) {
            if (block.readNBytes(content, 0, length) < length || block.read() >= 0) {
                throw Compression.XZ.damaged();
            }
        } catch (MemoryLimitException e) {
            throw e;
        } catch (XZIOException | EOFException _) {
            throw Compression.XZ.damaged(); // all of it was there
        }
    }

    private SingleXZInputStream decoder(InputStream packed) throws IOException {
        return new SingleXZInputStream(packed, DictionaryRoom.MAX_BYTES >> 10, true, dictionaries);
    }

    private InputStream asItComes(Begun block) throws IOException {
        XzBlockHeader header = block.header;
        byte[] end = index.ofOne(unpadded(header), header.uncompressed());
        return decoder(new SequenceInputStream(Collections.enumeration(List.of(
                new ByteArrayInputStream(beginOfOne(block)),
                new FirstBytes(in, rest(header)),
                new ByteArrayInputStream(end)))));
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** So many bytes of a stream, which stays open. */
    private static final class FirstBytes extends BulkInputStream {
        private final InputStream in;
        private long left;

        FirstBytes(InputStream in, long left) {
            this.in = in;
            this.left = left;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = left == 0 ? -1 : in.read(target, offset, (int) Math.min(length, left));
            left -= Math.max(0, read);
            return read;
        }
    }
}
