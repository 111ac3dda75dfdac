package io.dvcr.converters.format;

import io.dvcr.converters.format.FileError.BytesShared;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A file that gives away no more than a few times what has arrived of it. Whoever copies a disk out of it reads each of
 * its bytes about once, unless its tables claim them again and again: that they do is judged when all of them are
 * there, and without this a small file would be terabytes of work until then. Thread-safe.
 */
final class ReadBudget implements FileContent {
    /** A compressed cluster is read again for each piece of it; so are tables. */
    private static final int TIMES = 4;

    private static final long ALWAYS_BYTES = 64L << 20;

    private final FileContent file;
    private final AtomicLong given = new AtomicLong();

    private ReadBudget(FileContent file) {
        this.file = file;
    }

    static FileContent over(FileContent file) {
        return new ReadBudget(file);
    }

    /** @throws ImageException with {@link BytesShared} if that is more than an honest image needs */
    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        int before = target.position();
        file.read(offset, target);
        if (given.addAndGet(target.position() - before) > ALWAYS_BYTES + TIMES * file.arrived()) {
            throw new ImageException(new BytesShared());
        }
    }

    @Override
    public long arrived() throws IOException {
        return file.arrived();
    }
}
