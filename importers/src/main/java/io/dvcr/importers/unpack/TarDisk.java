package io.dvcr.importers.unpack;

import io.dvcr.importers.unpack.TarLayout.Role;
import io.dvcr.importers.unpack.UnpackError.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * The one file in a tar that is the disk, read where it lies. It ends when the rest of the tar has been looked at and
 * holds no other. Not thread-safe.
 */
final class TarDisk extends BulkInputStream {
    private final InputStream tar;
    private final TarEntries entries;
    private final TarLayout layout;
    private final long size;
    private final InputStream content;
    private boolean ended;

    private TarDisk(InputStream tar, TarEntries entries, TarLayout layout, TarEntry disk) {
        this.tar = tar;
        this.entries = entries;
        this.layout = layout;
        this.size = disk.fileSize();
        InputStream stored = entries.content();
        this.content = disk.holes()
                .<InputStream>map(holes -> new SparseContent(stored, holes))
                .orElse(stored);
    }

    /**
     * The disk in {@code tar}; empty if that is of another kind, or has none.
     *
     * @throws UnpackException if there is what must not be in it
     */
    static Optional<TarDisk> find(InputStream tar, TarLayout layout) throws IOException {
        TarEntries entries = new TarEntries(tar);
        if (!entries.isTar()) {
            return Optional.empty();
        }
        for (Optional<TarEntry> entry = entries.next(); entry.isPresent(); entry = entries.next()) {
            Role role = layout.role(entry.get());
            if (role != Role.BESIDE) {
                return Optional.of(new TarDisk(tar, entries, layout, entry.get()))
                        .filter(_ -> role == Role.DISK);
            }
        }
        return Optional.empty();
    }

    /** As the tar says; with its holes, if it has any. */
    long size() {
        return size;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int read = ended ? -1 : content.read(target, offset, length);
        if (read < 0 && !ended) {
            requireNoOther();
            ended = true;
        }
        return read;
    }

    private void requireNoOther() throws IOException {
        for (Optional<TarEntry> entry = entries.next(); entry.isPresent(); entry = entries.next()) {
            if (layout.role(entry.get()) == Role.DISK) {
                throw UnpackError.refuse(
                        Fault.TAR_SEVERAL_DISKS, "the tar has several disks: expected " + layout.expected());
            }
        }
    }

    @Override
    public void close() throws IOException {
        tar.close();
    }
}
