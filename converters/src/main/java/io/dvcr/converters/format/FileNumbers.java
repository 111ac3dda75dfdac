package io.dvcr.converters.format;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The numbers in the tables of an image file, which are read a page at a time when one is asked for: so tables of any
 * size take 512 KiB. Numbers lie on multiples of their own size. Thread-safe.
 */
final class FileNumbers {
    private static final int PAGE_BYTES = 64 << 10;

    /** More than one, for whoever reads a disk looks for its next data ahead of where that is read. */
    private static final int PAGES = 8;

    private final FileContent file;
    private final ByteOrder order;
    private final AtomicReferenceArray<@Nullable Page> pages = new AtomicReferenceArray<>(PAGES);

    private record Page(long number, ByteBuffer bytes) {}

    FileNumbers(FileContent file, ByteOrder order) {
        this.file = file;
        this.order = order;
    }

    /**
     * The number at {@code offset} of the file. Waits for it if it has yet to arrive.
     *
     * @throws EOFException if the file ends before it
     */
    long unsigned32(long offset) throws IOException {
        return Integer.toUnsignedLong(page(offset, Integer.BYTES).getInt(within(offset)));
    }

    /** The same, of eight bytes. */
    long signed64(long offset) throws IOException {
        return page(offset, Long.BYTES).getLong(within(offset));
    }

    /** Whether the number at {@code offset} can be read without waiting. */
    boolean hasArrived(long offset) throws IOException {
        long number = offset / PAGE_BYTES;
        return held(number) != null || (number + 1) * PAGE_BYTES <= file.arrived();
    }

    private ByteBuffer page(long offset, int bytes) throws IOException {
        long number = offset / PAGE_BYTES;
        Page page = held(number);
        if (page == null) {
            page = new Page(number, read(number));
            pages.set(slot(number), page);
        }
        if (within(offset) + bytes > page.bytes().limit()) {
            throw new EOFException("the file ends before byte " + offset + ", where there should be a table");
        }
        return page.bytes();
    }

    private @Nullable Page held(long number) {
        Page page = pages.get(slot(number));
        return page != null && page.number() == number ? page : null;
    }

    private ByteBuffer read(long number) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(PAGE_BYTES);
        file.read(number * PAGE_BYTES, bytes);
        return bytes.flip().order(order);
    }

    private static int slot(long number) {
        return (int) (number % PAGES);
    }

    private static int within(long offset) {
        return (int) (offset % PAGE_BYTES);
    }
}
