package io.dvcr.importers.transfer;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.dvcr.converters.RandomAccessDisk;
import io.dvcr.converters.RawDisk;
import io.dvcr.converters.disk.DiskAssembly;
import io.dvcr.converters.disk.DiskIndex;
import io.dvcr.importers.registry.RegistryClient;
import io.dvcr.importers.registry.RemoteImage;
import io.dvcr.storage.ImageReference;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * Pulls the disk of an image to a file or a block device. A file grows beside its place, as {@code
 * FILE.<12 digits of the image's digest>.partial}, and gets there when it is whole; if the pull is cut, the next one goes
 * on with it. What a partial file or a device holds is never trusted: chunks stay only if their SHA-256 is right.
 */
public final class DiskPull {
    private static final int CONNECTIONS = 8;
    private static final int DIGITS = 12;
    private static final int FILE_TYPE = 0xF000;
    private static final int BLOCK_DEVICE = 0x6000;

    private final RegistryClient registry;
    private final ImageReference reference;
    private final Optional<Path> base;
    private final Progress progress;

    /** Sees a pull advance. */
    public interface Progress {
        /**
         * @param done how much of the disk's data is in place, in bytes
         * @param total how much there is
         */
        void at(long done, long total);
    }

    /** @param base a raw disk, perhaps an older version, that saves fetching the chunks it has */
    public DiskPull(RegistryClient registry, ImageReference reference, Optional<Path> base, Progress progress) {
        this.registry = registry;
        this.reference = reference;
        this.base = base;
        this.progress = progress;
    }

    /**
     * Writes the disk to {@code output}, replacing the file if there is one.
     *
     * @throws io.dvcr.storage.RegistryException if there is no such image
     * @throws IOException if the registry or a file fails, or a block device is too small
     */
    public PulledDisk to(Path output) throws IOException {
        RemoteImage image = RemoteImage.find(registry, reference);
        DiskIndex index = image.index();
        return isBlockDevice(output) ? toDevice(output, image, index) : toFile(output, image, index);
    }

    private PulledDisk toFile(Path output, RemoteImage image, DiskIndex index) throws IOException {
        Path partial = output.resolveSibling(partialName(output, image.digest().hex()));
        removeOthers(output, partial);
        boolean goesOn = Files.exists(partial);
        PulledDisk pulled;
        try (FileChannel channel = FileChannel.open(partial, CREATE, READ, WRITE)) {
            lock(channel, partial);
            setLength(partial, index.diskSize());
            pulled = assemble(channel, image, index, goesOn, false);
            channel.force(true);
            Files.move(partial, output, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        return pulled;
    }

    private PulledDisk toDevice(Path device, RemoteImage image, DiskIndex index) throws IOException {
        try (FileChannel channel = FileChannel.open(device, READ, WRITE)) {
            if (channel.size() < index.diskSize()) {
                throw new IOException(device + " has " + channel.size() + " bytes, the disk " + index.diskSize());
            }
            PulledDisk pulled = assemble(channel, image, index, true, true);
            channel.force(true);
            return pulled;
        }
    }

    /**
     * @param holdsSome whether there may be chunks in the target
     * @param holdsOther whether there may be anything else
     */
    private PulledDisk assemble(
            FileChannel target, RemoteImage image, DiskIndex index, boolean holdsSome, boolean holdsOther)
            throws IOException {
        LongConsumer advance = done -> progress.at(done, index.usedSize());
        DiskAssembly assembly = new DiskAssembly(index, target, advance);
        long kept = holdsSome ? assembly.keep() : 0;
        if (holdsOther) {
            assembly.clearGaps();
        }
        long copied = 0;
        if (base.isPresent()) {
            try (RandomAccessDisk disk = RawDisk.open(base.get())) {
                copied = assembly.copyFrom(disk);
            }
        }
        assembly.fetch(image.packs(), CONNECTIONS);
        return new PulledDisk(index.diskSize(), index.usedSize(), registry.received(), kept, copied);
    }

    private static boolean isBlockDevice(Path path) throws IOException {
        return Files.exists(path) && ((int) Files.getAttribute(path, "unix:mode") & FILE_TYPE) == BLOCK_DEVICE;
    }

    private static String partialName(Path output, String digest) {
        return output.getFileName() + "." + digest.substring(0, DIGITS) + ".partial";
    }

    /** Partial files of what the name meant before. */
    private static void removeOthers(Path output, Path partial) throws IOException {
        String name = String.valueOf(output.getFileName());
        Path directory =
                Optional.ofNullable(output.toAbsolutePath().getParent()).orElse(output);
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String other = String.valueOf(file.getFileName());
                boolean ours = other.startsWith(name + ".")
                        && other.substring(name.length()).matches("\\.[0-9a-f]{" + DIGITS + "}\\.partial");
                if (ours && !other.equals(String.valueOf(partial.getFileName()))) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private static void lock(FileChannel channel, Path partial) throws IOException {
        try {
            if (channel.tryLock() != null) {
                return; // until the channel is closed
            }
        } catch (OverlappingFileLockException e) {
            // by another thread of this process
        }
        throw new IOException("another pull is writing " + partial);
    }

    private static void setLength(Path file, long length) throws IOException {
        try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw")) {
            opened.setLength(length);
        }
    }
}
