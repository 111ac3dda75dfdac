package io.dvcr.importers.pushed;

import io.dvcr.importers.source.SourceError;
import io.dvcr.importers.source.SourceException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * The one file below {@code disk/} in the tar of a containerDisk, read where it lies. Any entry elsewhere but
 * directories says that this is another kind of image. Not thread-safe.
 */
final class DiskTar extends InputStream {
    private static final String DIRECTORY = "disk/";

    private final TarEntries entries;
    private final long size;

    private DiskTar(TarEntries entries, long size) {
        this.entries = entries;
        this.size = size;
    }

    /** Of the file, in bytes. */
    long size() {
        return size;
    }

    /**
     * The file in {@code tar}; empty if there is something else before it, or nothing.
     *
     * @throws SourceException if what is below {@code disk/} is not one file
     */
    static Optional<DiskTar> find(InputStream tar) throws IOException {
        TarEntries entries = new TarEntries(tar);
        if (!entries.isTar()) {
            return Optional.empty();
        }
        Optional<TarEntries.Entry> entry = entries.next();
        while (entry.isPresent() && !isDisk(entry.get())) {
            entry = entry.get().directory() ? entries.next() : Optional.empty();
        }
        return entry.map(file -> new DiskTar(entries, file.size()));
    }

    private static boolean isDisk(TarEntries.Entry entry) {
        String name = plain(entry.name());
        if (!name.startsWith(DIRECTORY) || name.equals(DIRECTORY)) {
            return false;
        }
        String file = name.substring(DIRECTORY.length());
        if (!entry.regular() || file.contains("/") || file.startsWith(".")) {
            throw refused("it has an entry below disk/ that is not a plain file right there");
        }
        return true;
    }

    /** As the entry's path would be looked up, where that is harmless: {@code ./disk/a} is {@code disk/a}. */
    private static String plain(String name) {
        String path = name.startsWith("./") ? name.substring(2) : name;
        boolean absolute = path.startsWith("/");
        boolean dotted = ("/" + path + "/").contains("/../") || ("/" + path + "/").contains("/./");
        if (absolute || dotted) {
            throw refused("it has an entry whose name is absolute or goes up");
        }
        return path;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        return entries.read(target, offset, length);
    }

    /** @throws SourceException if another entry below {@code disk/} follows */
    void requireNoOther() throws IOException {
        try {
            for (Optional<TarEntries.Entry> entry = entries.next(); entry.isPresent(); entry = entries.next()) {
                if (isDisk(entry.get())) {
                    throw refused("it has several files below disk/");
                }
            }
        } catch (EOFException e) {
            throw refused("it is cut off");
        }
    }

    private static SourceException refused(String reason) {
        return new SourceException(new SourceError.TarRefused(reason));
    }
}
