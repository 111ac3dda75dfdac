package io.dvcr.storage.object;

import static java.nio.file.StandardOpenOption.READ;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The objects of a {@link FileSystemStore} for whoever only looks: it takes no lock and changes nothing, so another
 * process may be writing. What is being appended to may be seen with fewer bytes than it has. Thread-safe.
 */
public final class StoredFiles implements ObjectReader {
    /** Where files are that are being written. */
    static final String TEMPORARY = ".tmp";

    private final Path root;
    private final DirectoryNames directories = new DirectoryNames();

    StoredFiles(Path root) {
        this.root = root;
    }

    /** @throws IOException if there is no such directory */
    public static StoredFiles in(Path root) throws IOException {
        if (!Files.isDirectory(root)) {
            throw new IOException("there is no store in " + root);
        }
        return new StoredFiles(root.toRealPath());
    }

    @Override
    public InputStream read(ObjectKey key, ByteRange range) throws IOException {
        FileChannel channel = FileChannel.open(path(key), READ);
        try {
            channel.position(range.offset());
            return new BoundedInputStream(Channels.newInputStream(channel), range.length());
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public Optional<ObjectInfo> head(ObjectKey key) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path(key), BasicFileAttributes.class);
            return attributes.isRegularFile() ? Optional.of(info(key, attributes)) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    static ObjectInfo info(ObjectKey key, BasicFileAttributes attributes) {
        return new ObjectInfo(
                key, attributes.size(), attributes.lastModifiedTime().toInstant());
    }

    @Override
    public List<ObjectInfo> list(String prefix, Optional<String> after, int limit) throws IOException {
        return new FileListing(root, directories, prefix, after, limit).list();
    }

    /** The files that a process which was killed was writing: the next that opens the store removes them. */
    @Override
    public int countLeftovers(Instant before, StillWanted wanted) throws IOException {
        try (Stream<Path> files = Files.list(root.resolve(TEMPORARY))) {
            int leftovers = 0;
            for (Path file : (Iterable<Path>) files::iterator) {
                leftovers += wasTouchedBefore(before, file) ? 1 : 0;
            }
            return leftovers;
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    private static boolean wasTouchedBefore(Instant before, Path file) throws IOException {
        try {
            return Files.getLastModifiedTime(file).toInstant().isBefore(before);
        } catch (NoSuchFileException e) {
            return false; // it has its name now
        }
    }

    Path path(ObjectKey key) {
        return root.resolve(key.value());
    }
}
