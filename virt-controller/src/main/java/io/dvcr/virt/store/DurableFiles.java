package io.dvcr.virt.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Changes to files that are there, whole, after a crash, or are not. */
public final class DurableFiles {
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private static final Set<OpenOption> ANEW =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);

    private DurableFiles() {}

    /** Puts {@code content} in the place of what is at {@code file}, if anything. */
    public static void write(Path file, byte[] content) throws IOException {
        write(file, file.resolveSibling(file.getFileName() + ".tmp"), content);
    }

    /**
     * Puts {@code content} in the place of what is at {@code file}, if anything, for its owner alone to read.
     *
     * @param temporary on the same file system; is overwritten
     */
    public static void write(Path file, Path temporary, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(temporary, ANEW, OWNER_ONLY)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        move(temporary, file);
    }

    /** Gives a file or directory, whose content is durable already, its place on the same file system. */
    public static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        force(to.resolveSibling("."));
    }

    /** Makes the content of a file, or the names in a directory, durable. */
    public static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** A directory that others may pass through and not look into, as QEMU's user must. */
    public static void createPassableDirectory(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    }

    /** Removes what is at {@code path}, if anything; follows no links. */
    public static void deleteTree(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            for (Path child : children(path)) {
                deleteTree(child);
            }
        }
        Files.deleteIfExists(path);
    }

    /** What is in a directory, by name; nothing if there is no such directory. */
    public static List<Path> children(Path directory) throws IOException {
        try (Stream<Path> children = Files.list(directory)) {
            return children.sorted().toList();
        } catch (NoSuchFileException _) {
            return List.of();
        }
    }
}
