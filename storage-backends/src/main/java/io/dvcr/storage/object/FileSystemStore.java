package io.dvcr.storage.object;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;

/**
 * Objects as files below a directory, each at the path that its key spells. A commit forces the file, renames it into
 * place and forces the directory. Files being written lie in {@code .tmp}, which no key can name and which is emptied
 * at the start; one process at a time owns the directory, by a lock on {@code .lock}. A write for which there is no
 * space leaves nothing; {@link SpaceReserve} sees to it that there is always some for moving and deleting.
 */
public final class FileSystemStore implements ObjectStore, Closeable {
    /** What is kept free for the store's own needs, unless somebody says otherwise. */
    public static final long DEFAULT_RESERVE_BYTES = 64L << 20;

    /** Of making a file whose directory others keep removing because it is empty. */
    private static final int MAX_ATTEMPTS = 100;

    /** Of a mebibyte each, two for an upload. Those who get none write through the page cache. */
    private static final int BUFFERS = 16;

    private final Path root;
    private final StoredFiles files;
    private final Path temporary;
    private final FileChannel lockFile;
    private final SpaceReserve reserve;
    private final AlignedBuffers buffers;
    private final ConcurrentMap<Path, FileAppender> growing = new ConcurrentHashMap<>();

    private FileSystemStore(Path root, FileChannel lockFile, SpaceReserve reserve) throws IOException {
        this.root = root;
        this.files = new StoredFiles(root);
        this.reserve = reserve;
        this.temporary = root.resolve(StoredFiles.TEMPORARY);
        this.lockFile = lockFile;
        this.buffers = new AlignedBuffers(Files.getFileStore(root).getBlockSize(), BUFFERS);
    }

    /**
     * Opens the store in {@code root}, which is made if need be.
     *
     * @throws IOException if the directory cannot be used, or another process uses it
     */
    public static FileSystemStore open(Path root) throws IOException {
        return open(root, DEFAULT_RESERVE_BYTES);
    }

    /**
     * Opens the store in {@code root}, which is made if need be.
     *
     * @param reserveBytes what is kept free for the store's own needs; of a small file system, a small part
     * @throws IOException if the directory cannot be used, or another process uses it
     */
    public static FileSystemStore open(Path root, long reserveBytes) throws IOException {
        Path real = Files.createDirectories(root).toRealPath();
        return open(real, SpaceReserve.of(real, reserveBytes));
    }

    static FileSystemStore open(Path real, SpaceReserve reserve) throws IOException {
        FileSystemStore store = new FileSystemStore(real, lock(real), reserve);
        try {
            store.removeLeftovers();
        } catch (IOException e) {
            store.close();
            throw e;
        }
        return store;
    }

    private static FileChannel lock(Path root) throws IOException {
        FileChannel channel = FileChannel.open(root.resolve(".lock"), CREATE, WRITE);
        if (!tryLock(channel)) {
            channel.close();
            throw new IOException("another process uses the store " + root);
        }
        return channel;
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // held by this very process
        }
    }

    private void removeLeftovers() throws IOException {
        Files.createDirectories(temporary);
        try (Stream<Path> leftovers = Files.list(temporary)) {
            for (Path leftover : (Iterable<Path>) leftovers::iterator) {
                Files.delete(leftover);
            }
        }
    }

    @Override
    public void put(ObjectKey key, ByteBuffer content) throws IOException {
        Path written = writeTemporary(content);
        try {
            rename(written, path(key));
        } finally {
            Files.deleteIfExists(written);
        }
    }

    @Override
    public boolean putIfAbsent(ObjectKey key, ByteBuffer content) throws IOException {
        Path target = path(key);
        if (Files.exists(target)) {
            return false;
        }
        Path written = writeTemporary(content);
        try {
            // fails if the target exists, which a rename would not
            inParent(target, () -> Files.createLink(target, written));
            force(parentOf(target));
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } finally {
            Files.deleteIfExists(written);
        }
    }

    private Path writeTemporary(ByteBuffer content) throws IOException {
        reserve.requireForObject(content.remaining());
        Path file = temporary.resolve(UUID.randomUUID().toString());
        try (FileChannel channel = FileChannel.open(file, CREATE_NEW, WRITE)) {
            writeAll(channel, content.duplicate());
            channel.force(true);
            return file;
        } catch (IOException e) {
            Files.deleteIfExists(file);
            throw StorageFullException.orOther(e);
        }
    }

    @Override
    public InputStream read(ObjectKey key, ByteRange range) throws IOException {
        return files.read(key, range);
    }

    @Override
    public Optional<ObjectInfo> head(ObjectKey key) throws IOException {
        try {
            settle(path(key));
            return files.head(key);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private void settle(Path file) throws IOException {
        FileAppender appender = growing.get(file);
        if (appender != null) {
            appender.settle();
        }
    }

    @Override
    public List<ObjectInfo> list(String prefix, Optional<String> after, int limit) throws IOException {
        return files.list(prefix, after, limit);
    }

    @Override
    public int countLeftovers(Instant before, StillWanted wanted) throws IOException {
        return files.countLeftovers(before, wanted);
    }

    @Override
    public boolean delete(ObjectKey key) throws IOException {
        Path file = path(key);
        if (!Files.deleteIfExists(file)) {
            return false;
        }
        force(parentOf(file));
        removeEmptyParents(file);
        return true;
    }

    /** Directories are not objects: those that held only what was deleted go with it. */
    private void removeEmptyParents(Path file) {
        Path directory = parentOf(file);
        while (!parentOf(directory).equals(root)
                && (directory.toFile().delete() || !directory.toFile().exists())) {
            directory = parentOf(directory);
        }
    }

    @Override
    public void move(ObjectKey from, ObjectKey to) throws IOException {
        Path source = path(from);
        Files.setLastModifiedTime(source, FileTime.from(Instant.now()));
        rename(source, path(to));
        force(parentOf(source));
        removeEmptyParents(source);
    }

    @Override
    public boolean copyIfAbsent(ObjectKey from, ObjectKey to) throws IOException {
        Path source = path(from);
        Path target = path(to);
        try {
            Files.setLastModifiedTime(source, FileTime.from(Instant.now()));
            inParent(target, () -> Files.createLink(target, source));
            force(parentOf(target));
            return true;
        } catch (FileAlreadyExistsException e) {
            return true;
        } catch (NoSuchFileException e) {
            return Files.exists(target);
        }
    }

    private void rename(Path source, Path target) throws IOException {
        inParent(target, () -> Files.move(source, target, ATOMIC_MOVE));
        force(parentOf(target));
    }

    @Override
    public Appender append(ObjectKey key) throws IOException {
        reserve.requireForObject(0);
        Path file = path(key);
        boolean isNew = Files.notExists(file);
        FileChannel channel = inParent(file, () -> FileChannel.open(file, CREATE, WRITE));
        try {
            if (isNew) {
                force(parentOf(file));
            }
            FileAppender appender =
                    new FileAppender(file, channel, buffers, reserve, closed -> growing.remove(file, closed));
            growing.put(file, appender);
            return appender;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public Optional<FileChannel> openFile(ObjectKey key) throws IOException {
        return Optional.of(FileChannel.open(path(key), READ));
    }

    /** Lets another process open the directory. */
    @Override
    public void close() throws IOException {
        lockFile.close();
    }

    private Path path(ObjectKey key) {
        return files.path(key);
    }

    /** Does {@code action} once the parent of {@code file} exists, which a concurrent delete may remove again. */
    private <T> T inParent(Path file, FileAction<T> action) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                makeParents(file);
                return action.perform();
            } catch (NoSuchFileException e) {
                if (attempt == MAX_ATTEMPTS) {
                    throw e;
                }
            } catch (FileAlreadyExistsException e) {
                throw e;
            } catch (IOException e) {
                removeEmptyParents(file);
                throw StorageFullException.orOther(e);
            }
        }
    }

    private interface FileAction<T> {
        T perform() throws IOException;
    }

    private void makeParents(Path file) throws IOException {
        Path parent = parentOf(file);
        if (Files.isDirectory(parent)) {
            return;
        }
        makeParents(parent);
        try {
            Files.createDirectory(parent);
        } catch (FileAlreadyExistsException e) {
            // made by another, and perhaps removed again: whoever needs it tries again
        }
        force(parentOf(parent));
    }

    private static Path parentOf(Path path) {
        Path parent = path.getParent();
        if (parent == null) {
            throw new IllegalStateException("no parent: " + path);
        }
        return parent;
    }

    private static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, READ)) {
            channel.force(true);
        } catch (NoSuchFileException e) {
            // removed by a concurrent delete, which forces the directory above
        }
    }

    static void writeAll(FileChannel channel, ByteBuffer content) throws IOException {
        while (content.hasRemaining()) {
            channel.write(content);
        }
    }
}
