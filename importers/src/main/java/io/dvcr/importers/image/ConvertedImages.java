package io.dvcr.importers.image;

import io.dvcr.converters.WatchedDisk;
import io.dvcr.converters.qemu.OutputFormat;
import io.dvcr.converters.qemu.QemuImg;
import io.dvcr.storage.Digest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Images in formats that are not served straight from packs, made when first asked for and kept as files. A file is
 * made once however many ask, appears whole or not at all, and makes room for others when it was not asked for long.
 * Thread-safe.
 */
public final class ConvertedImages {
    public static final long DEFAULT_MAX_BYTES = 20L << 30;

    private static final Logger LOG = LoggerFactory.getLogger(ConvertedImages.class);
    private static final String UNFINISHED = ".making";

    /** Each is a process of its own that compresses. */
    private static final int MAKING_AT_ONCE = 2;

    private static final int ATTEMPTS_TO_OPEN = 3;
    private static final int VERSION_DIGITS = 16;

    private final ImageStore images;
    private final QemuImg qemuImg;
    private final Path directory;
    private final long maxBytes;
    private final Map<Path, Making> underWay = new ConcurrentHashMap<>();
    private final Semaphore places = new Semaphore(MAKING_AT_ONCE, true);

    /** A file that somebody makes, for all who ask meanwhile. */
    private static final class Making {
        private final CompletableFuture<Path> file = new CompletableFuture<>();
        private volatile Optional<WatchedDisk> disk = Optional.empty();

        int percent() {
            return disk.filter(watched -> watched.size() > 0)
                    .map(watched -> (int) (99.0 * watched.reached() / watched.size()))
                    .orElse(0);
        }
    }

    private ConvertedImages(ImageStore images, QemuImg qemuImg, Path directory, long maxBytes) {
        this.images = images;
        this.qemuImg = qemuImg;
        this.directory = directory;
        this.maxBytes = maxBytes;
    }

    /**
     * Keeps files in {@code directory}, which is made if need be; what an earlier run did not finish there is removed.
     *
     * @param maxBytes how much is kept; the file that was made last stays even if it alone is larger
     */
    public static ConvertedImages in(Path directory, long maxBytes, ImageStore images, QemuImg qemuImg)
            throws IOException {
        Files.createDirectories(directory);
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (file.toString().endsWith(UNFINISHED)) {
                    Files.delete(file);
                }
            }
        }
        return new ConvertedImages(images, qemuImg, directory, maxBytes);
    }

    /**
     * The image as an open file of {@code format}, which stays whole for who has it open even when it makes room for
     * others. The caller closes it.
     */
    public ConvertedFile open(StoredImage image, OutputFormat format) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return open(get(image, format));
            } catch (NoSuchFileException e) { // made room for another just now
                if (attempt == ATTEMPTS_TO_OPEN) {
                    throw e;
                }
            }
        }
    }

    private static ConvertedFile open(Path file) throws IOException {
        String version = version(file);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            if (version.equals(version(file))) {
                return new ConvertedFile(channel, version);
            }
            throw new NoSuchFileException(file.toString(), null, "made anew just now");
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static String version(Path file) throws IOException {
        BasicFileAttributes made = Files.readAttributes(file, BasicFileAttributes.class);
        return Digest.sha256((made.fileKey() + " " + made.creationTime()).getBytes(StandardCharsets.UTF_8))
                .hex()
                .substring(0, VERSION_DIGITS);
    }

    /** Makes sure that the image can be opened at once, for a while, and returns how many bytes it has then. */
    public long prepare(StoredImage image, OutputFormat format) throws IOException {
        try (ConvertedFile file = open(image, format)) {
            return file.channel().size();
        }
    }

    /** How much of the image of {@code digest} has been converted: 0 while that waits for its turn, or if nobody does it. */
    public int percent(Digest digest, OutputFormat format) {
        return Optional.ofNullable(underWay.get(file(digest, format)))
                .map(Making::percent)
                .orElse(0);
    }

    private Path file(Digest digest, OutputFormat format) {
        return directory.resolve(digest.hex() + "." + format.name().toLowerCase(Locale.ROOT));
    }

    /** The image as a file of {@code format}. It stays for a while after it was asked for, not for ever. */
    Path get(StoredImage image, OutputFormat format) throws IOException {
        Path file = file(image.details().digest(), format);
        try {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
            return file;
        } catch (NoSuchFileException e) {
            return makeOnce(image, format, file);
        }
    }

    private Path makeOnce(StoredImage image, OutputFormat format, Path file) throws IOException {
        while (true) {
            Making mine = new Making();
            Making others = underWay.putIfAbsent(file, mine);
            if (others == null) {
                return makeForAll(image, format, file, mine);
            }
            Optional<Path> made = await(others.file);
            if (made.isPresent()) {
                return made.get();
            }
        }
    }

    private Path makeForAll(StoredImage image, OutputFormat format, Path file, Making mine) throws IOException {
        try {
            Path made = Files.exists(file) ? file : make(image, format, file, mine);
            mine.file.complete(made);
            return made;
        } catch (InterruptedIOException e) {
            mine.file.cancel(false); // whoever else wants it makes it
            throw e;
        } catch (IOException | RuntimeException e) {
            mine.file.completeExceptionally(e);
            throw e;
        } finally {
            mine.file.cancel(false); // no effect unless something worse happened
            underWay.remove(file);
        }
    }

    private Path make(StoredImage image, OutputFormat format, Path file, Making mine) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
        takePlace();
        try (WatchedDisk disk = new WatchedDisk(images.open(image))) {
            mine.disk = Optional.of(disk);
            qemuImg.convert(disk, format, unfinished);
            force(unfinished);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw Thread.currentThread().isInterrupted() ? interrupted(e) : e;
        } finally {
            places.release();
        }
        makeRoom(file);
        return file;
    }

    /** Whatever it was that failed: it did because this thread was told to stop. */
    private static InterruptedIOException interrupted(IOException cause) {
        return (InterruptedIOException) new InterruptedIOException("interrupted while converting").initCause(cause);
    }

    private void takePlace() throws IOException {
        try {
            places.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting to convert an image");
        }
    }

    /** Lest a crash of the machine leave a file whose name is durable and whose bytes are not. */
    private static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /** What another makes; empty if they were told to stop. */
    private static Optional<Path> await(CompletableFuture<Path> others) throws IOException {
        try {
            return Optional.of(others.get());
        } catch (CancellationException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new IOException("another request's conversion of the same image failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while an image was converted");
        }
    }

    private synchronized void makeRoom(Path newest) throws IOException {
        List<KeptFile> kept = kept();
        long total = kept.stream().mapToLong(KeptFile::size).sum();
        for (KeptFile file : kept) {
            if (total <= maxBytes) {
                return;
            }
            if (!file.path().equals(newest) && Files.deleteIfExists(file.path())) {
                total -= file.size();
                LOG.atDebug().addKeyValue("file", file.path()).log("removed a converted image to make room");
            }
        }
    }

    /** The finished files, the longest unused first. */
    private List<KeptFile> kept() throws IOException {
        List<KeptFile> kept = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (!file.toString().endsWith(UNFINISHED)) {
                    kept.add(new KeptFile(file, Files.size(file), Files.getLastModifiedTime(file)));
                }
            }
        }
        kept.sort(Comparator.comparing(KeptFile::lastUsed));
        return kept;
    }

    private record KeptFile(Path path, long size, FileTime lastUsed) {}
}
