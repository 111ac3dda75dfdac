package io.dvcr.importers.pushed;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * A tar as it streams by: POSIX ustar and pax, and GNU's long names. Keeps 64 KiB of it at most, whatever it says its
 * sizes are; sparse files are not read. What is no tar is an {@link IOException}. Not thread-safe.
 */
final class TarEntries {
    private static final int BLOCK = 512;

    /** What a name or extended header may have; Linux paths have 4096. */
    private static final int MAX_EXTENSION_BYTES = 64 << 10;

    private static final int MAX_EXTENSIONS_IN_A_ROW = 8;
    private static final String USTAR = "ustar";

    private final InputStream in;
    private byte[] header;
    private boolean started;
    private long left;
    private long padding;

    /** What a header says. A name that is not UTF-8 has replacement characters. */
    record Entry(String name, char type, long size) {
        boolean regular() {
            return type == '0' || type == '\0' || type == '7';
        }

        boolean directory() {
            return type == '5';
        }
    }

    TarEntries(InputStream in) throws IOException {
        this.in = in;
        this.header = in.readNBytes(BLOCK);
    }

    /** Whether it begins as a tar does; an empty one is all zeros. */
    boolean isTar() {
        return header.length == BLOCK && (isEnd() || USTAR.equals(text(257, 5)) || isChecksumRight());
    }

    /** The next entry; empty behind the last. What was not read of the one before is passed over. */
    Optional<Entry> next() throws IOException {
        Extension extension = Extension.NONE;
        for (int i = 0; i < MAX_EXTENSIONS_IN_A_ROW; i++) {
            advance();
            if (isEnd()) {
                return Optional.empty();
            }
            Entry entry = parse();
            if (!isExtension(entry.type())) {
                return Optional.of(begin(extension.applyTo(entry)));
            }
            extension = extension.and(entry.type(), extensionOf(entry));
        }
        throw new IOException("a tar with more than " + MAX_EXTENSIONS_IN_A_ROW + " extended headers for one entry");
    }

    private Entry begin(Entry entry) {
        left = entry.size();
        padding = (BLOCK - left % BLOCK) % BLOCK;
        return entry;
    }

    private void advance() throws IOException {
        if (started) {
            in.skipNBytes(left);
            in.skipNBytes(padding);
            left = 0;
            padding = 0;
            header = in.readNBytes(BLOCK);
        }
        started = true;
        if (header.length != BLOCK) {
            throw new EOFException("a tar that is cut off");
        }
    }

    private static boolean isExtension(char type) {
        return type == 'x' || type == 'g' || type == 'L' || type == 'K';
    }

    private byte[] extensionOf(Entry entry) throws IOException {
        if (entry.size() > MAX_EXTENSION_BYTES) {
            throw new IOException("a tar with an extended header of " + entry.size() + " bytes");
        }
        byte[] content = in.readNBytes((int) begin(entry).size());
        left -= content.length;
        return content;
    }

    /** Of the entry's content; -1 at its end. */
    int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0 || left == 0) {
            return length == 0 ? 0 : -1;
        }
        int read = in.read(target, offset, (int) Math.min(length, left));
        if (read < 0) {
            throw new EOFException("a tar that is cut off");
        }
        left -= read;
        return read;
    }

    private boolean isEnd() {
        for (byte one : header) {
            if (one != 0) {
                return false;
            }
        }
        return true;
    }

    private Entry parse() throws IOException {
        if (!isChecksumRight()) {
            throw new IOException("a tar whose header does not have its checksum");
        }
        char type = (char) (header[156] & 0xff);
        if (type == 'S') {
            throw new IOException("a tar with a sparse file");
        }
        String prefix = USTAR.equals(text(257, 5)) && header[262] == 0 ? text(345, 155) : "";
        String name = prefix.isEmpty() ? text(0, 100) : prefix + "/" + text(0, 100);
        return new Entry(name, type, size());
    }

    private long size() throws IOException {
        if ((header[124] & 0x80) != 0) {
            return binarySize();
        }
        return octal(text(124, 12));
    }

    /** GNU's form for sizes of 8 GiB and more: big-endian, the highest bit set. */
    private long binarySize() throws IOException {
        long size = header[124] & 0x7f;
        for (int i = 125; i < 136; i++) {
            if (size > Long.MAX_VALUE >> 8) {
                throw new IOException("a tar with an entry of an impossible size");
            }
            size = (size << 8) | (header[i] & 0xff);
        }
        return size;
    }

    private static long octal(String text) throws IOException {
        String digits = text.strip();
        try {
            return digits.isEmpty() ? 0 : Long.parseUnsignedLong(digits, 8);
        } catch (NumberFormatException e) {
            throw new IOException("a tar whose header is malformed", e);
        }
    }

    private boolean isChecksumRight() {
        long sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
        }
        try {
            return octal(text(148, 8)) == sum;
        } catch (IOException e) {
            return false;
        }
    }

    private String text(int offset, int length) {
        int end = offset;
        while (end < offset + length && header[end] != 0) {
            end++;
        }
        return new String(header, offset, end - offset, UTF_8);
    }

    /** What the headers before an entry's own change about it. */
    private record Extension(Optional<String> name, Optional<Long> size) {
        static final Extension NONE = new Extension(Optional.empty(), Optional.empty());

        Extension and(char type, byte[] content) throws IOException {
            String text = new String(content, UTF_8);
            return switch (type) {
                case 'L' -> new Extension(Optional.of(text.replace("\0", "")), size);
                case 'x' -> pax(text);
                default -> this; // of all entries, or of links: nothing that we ask
            };
        }

        /** Lines of {@code LENGTH KEY=VALUE}. */
        private Extension pax(String text) throws IOException {
            Extension extended = this;
            for (String line : text.split("\n", -1)) {
                String record = line.substring(line.indexOf(' ') + 1);
                if (record.startsWith("GNU.sparse.")) {
                    throw new IOException("a tar with a sparse file");
                }
                if (record.startsWith("path=")) {
                    extended = new Extension(Optional.of(record.substring(5)), extended.size());
                } else if (record.startsWith("size=")) {
                    extended = new Extension(extended.name(), Optional.of(decimal(record.substring(5))));
                }
            }
            return extended;
        }

        private static long decimal(String text) throws IOException {
            try {
                return Long.parseUnsignedLong(text);
            } catch (NumberFormatException e) {
                throw new IOException("a tar whose extended header is malformed", e);
            }
        }

        Entry applyTo(Entry entry) throws IOException {
            Entry applied = new Entry(name.orElse(entry.name()), entry.type(), size.orElse(entry.size()));
            if (applied.size() < 0) {
                throw new IOException("a tar with an entry of an impossible size");
            }
            return applied;
        }
    }
}
