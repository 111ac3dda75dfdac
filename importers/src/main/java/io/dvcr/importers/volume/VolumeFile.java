package io.dvcr.importers.volume;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A file or block device that was reached from a directory step by step, without following a link: each step is opened
 * below the one before ({@code openat} with {@code O_NOFOLLOW}), so that nobody who may write there can have the server
 * read elsewhere, not even by renaming things while it looks. Not thread-safe.
 */
final class VolumeFile implements Closeable {
    private static final int FILE_TYPE = 0xF000;
    private static final int BLOCK_DEVICE = 0x6000;
    private static final int REGULAR_FILE = 0x8000;

    private final SecureDirectoryStream<Path> directory;
    private final Path name;
    private final BasicFileAttributes opened;
    private final SeekableByteChannel channel;
    private final long size;

    private VolumeFile(
            SecureDirectoryStream<Path> directory, Path name, BasicFileAttributes opened, SeekableByteChannel channel)
            throws IOException {
        this.directory = directory;
        this.name = name;
        this.opened = opened;
        this.channel = channel;
        this.size = channel.size();
    }

    /** What was found is not to be read. */
    static final class UnusableException extends FileSystemException {
        private static final long serialVersionUID = 1L;

        UnusableException(Path path, String reason) {
            super(path.toString(), null, reason);
        }
    }

    /**
     * @param root may be a link; from there on nothing may
     * @param below what it leads to, without detours
     * @throws FileSystemException if it cannot be reached so, or is neither a regular file nor a block device
     */
    static VolumeFile open(Path root, Path below) throws IOException {
        SecureDirectoryStream<Path> directory = secure(root.toRealPath());
        try {
            for (int step = 0; step < below.getNameCount() - 1; step++) {
                directory = descend(directory, below.getName(step));
            }
            return open(directory, root.toRealPath().resolve(below));
        } catch (IOException | RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    private static SecureDirectoryStream<Path> descend(SecureDirectoryStream<Path> from, Path step) throws IOException {
        try (from) {
            return from.newDirectoryStream(step, NOFOLLOW_LINKS);
        }
    }

    private static VolumeFile open(SecureDirectoryStream<Path> directory, Path path) throws IOException {
        Path name = Objects.requireNonNull(path.getFileName());
        BasicFileAttributes found = attributes(directory, name);
        requireReadable(path, found);
        SeekableByteChannel channel = directory.newByteChannel(name, Set.of(StandardOpenOption.READ, NOFOLLOW_LINKS));
        try {
            BasicFileAttributes opened = attributes(directory, name);
            if (!Objects.equals(found.fileKey(), opened.fileKey())) {
                throw new UnusableException(path, "it was replaced while it was opened");
            }
            return new VolumeFile(directory, name, opened, channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Before it is opened: opening a pipe would wait for a writer, opening other devices can do anything. */
    private static void requireReadable(Path path, BasicFileAttributes found) throws IOException {
        if (found.isSymbolicLink()) {
            throw new UnusableException(path, "it is a link");
        }
        Map<String, Object> typed = Files.readAttributes(path, "unix:mode,fileKey", NOFOLLOW_LINKS);
        int type = typed.get("mode") instanceof Integer mode ? mode & FILE_TYPE : 0;
        boolean usable = type == REGULAR_FILE || type == BLOCK_DEVICE;
        if (!usable || !Objects.equals(typed.get("fileKey"), found.fileKey())) {
            throw new UnusableException(path, "it is neither a regular file nor a block device");
        }
    }

    private static BasicFileAttributes attributes(SecureDirectoryStream<Path> directory, Path name) throws IOException {
        return directory
                .getFileAttributeView(name, BasicFileAttributeView.class, NOFOLLOW_LINKS)
                .readAttributes();
    }

    private static SecureDirectoryStream<Path> secure(Path root) throws IOException {
        DirectoryStream<Path> stream = root.getFileSystem().provider().newDirectoryStream(root, _ -> true);
        if (stream instanceof SecureDirectoryStream<Path> secure) {
            return secure;
        }
        stream.close();
        throw new UnusableException(root, "its file system cannot be walked without following links");
    }

    /** As it was when it was opened, in bytes. */
    long size() {
        return size;
    }

    /** -1 at the end. */
    int read(ByteBuffer target) throws IOException {
        return channel.read(target);
    }

    /** Whether its name no longer leads to it, or it has been written to. Of a block device the latter does not show. */
    boolean hasChanged() throws IOException {
        BasicFileAttributes now = attributes(directory, name);
        return !Objects.equals(opened.fileKey(), now.fileKey())
                || channel.size() != size
                || !opened.lastModifiedTime().equals(now.lastModifiedTime());
    }

    @Override
    public void close() throws IOException {
        try (directory) {
            channel.close();
        }
    }
}
