package io.dvcr.importers.unpack;

import io.dvcr.importers.unpack.UnpackError.Fault;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The disk image file in a source, as it was before it was compressed and packed; the bytes decide how that was. Nothing
 * is extracted: it is read in one pass, on a thread of its own if it is compressed. It ends when all of the source has
 * been read and judged. What is wrong with the source is an {@link UnpackException}; what reading it throws is thrown
 * here. Closing does not close the source. Used by one thread.
 */
public final class UnpackedFile extends FilterInputStream {
    private static final int MAX_COMPRESSIONS = 2;

    private final DictionaryRoom room;
    private final OptionalLong length;
    private final boolean packed;

    private UnpackedFile(InputStream file, DictionaryRoom room, OptionalLong length, boolean packed) {
        super(file);
        this.room = room;
        this.length = length;
        this.packed = packed;
    }

    /**
     * The file that {@code source} is or holds: compressed, in a tar, or both, with two compressions at most.
     *
     * @param length of the source, if it is known
     */
    public static UnpackedFile in(InputStream source, OptionalLong length, UnpackLimits limits) throws IOException {
        Layers layers = new Layers(source, length, limits);
        try {
            layers.open();
            return layers.file();
        } catch (IOException | RuntimeException e) {
            layers.close();
            throw e;
        }
    }

    /** The file in {@code layer}, if that is a containerDisk's; empty if it is an ordinary container image's. */
    public static Optional<UnpackedFile> inContainerDisk(InputStream layer, UnpackLimits limits) throws IOException {
        Layers layers = new Layers(layer, OptionalLong.empty(), limits);
        try {
            if (layers.openContainerDisk()) {
                return Optional.of(layers.file());
            }
            layers.close();
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            layers.close();
            throw e;
        }
    }

    /** In bytes; empty if only its end tells. */
    public OptionalLong length() {
        return length;
    }

    /** Whether the source was anything but the file itself, byte for byte. */
    public boolean wasPacked() {
        return packed;
    }

    @Override
    public void close() throws IOException {
        try {
            super.close();
        } finally {
            room.close();
        }
    }

    /** What lies around the file, taken off layer by layer. */
    private static final class Layers implements Closeable {
        private final Budget budget;
        private final DictionaryRoom room;
        private InputStream inner;
        private OptionalLong length;
        private int compressions;
        private boolean inTar;

        Layers(InputStream source, OptionalLong length, UnpackLimits limits) {
            this.budget = new Budget(limits);
            this.room = new DictionaryRoom(limits.room(), budget);
            this.inner = new SourceBytes(source, budget);
            this.length = length;
        }

        void open() throws IOException {
            budget.start();
            for (byte[] head = peek(); isLayer(head); head = peek()) {
                if (!decompress(head)) {
                    unpackTar();
                }
            }
            budget.stop();
        }

        private static boolean isLayer(byte[] head) {
            return Compression.of(head).isPresent() || TarHeader.begins(head);
        }

        boolean openContainerDisk() throws IOException {
            budget.start();
            decompress(peek());
            Optional<TarDisk> disk = TarDisk.find(inner, TarLayout.CONTAINER_DISK);
            disk.ifPresent(this::enter);
            budget.stop();
            return disk.isPresent();
        }

        private byte[] peek() throws IOException {
            PushbackInputStream pushback = new PushbackInputStream(inner, TarHeader.BYTES);
            byte[] head = pushback.readNBytes(TarHeader.BYTES);
            pushback.unread(head);
            inner = pushback;
            return head;
        }

        private boolean decompress(byte[] head) throws IOException {
            Optional<Compression> compression = Compression.of(head);
            if (compression.isEmpty()) {
                return false;
            }
            compressions++;
            if (compressions > MAX_COMPRESSIONS) {
                throw UnpackError.refuse(
                        Fault.COMPRESSION_NESTED,
                        "the source is compressed more than " + MAX_COMPRESSIONS + " times: expected at most that");
            }
            inner = new Decompressed(compression.get(), inner, budget, room);
            length = OptionalLong.empty();
            return true;
        }

        private void unpackTar() throws IOException {
            if (inTar) {
                throw UnpackError.refuse(Fault.TAR_NESTED, "the tar holds a tar: expected a disk");
            }
            enter(TarDisk.find(inner, TarLayout.ARCHIVE)
                    .orElseThrow(() -> UnpackError.refuse(
                            Fault.TAR_NO_DISK, "the tar holds no disk: expected " + TarLayout.ARCHIVE.expected())));
        }

        private void enter(TarDisk disk) {
            budget.requireRoom(disk.size());
            inner = disk;
            length = OptionalLong.of(disk.size());
            inTar = true;
        }

        @Override
        public void close() throws IOException {
            try {
                inner.close(); // decompressors have memory of their own
            } finally {
                room.close();
            }
        }

        UnpackedFile file() {
            InputStream file = compressions > 0 ? new ReadAhead(inner, budget) : inner;
            return new UnpackedFile(file, room, length, compressions > 0 || inTar);
        }
    }
}
