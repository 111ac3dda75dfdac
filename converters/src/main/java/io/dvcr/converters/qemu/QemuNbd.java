package io.dvcr.converters.qemu;

import io.dvcr.converters.RandomAccessDisk;
import io.dvcr.converters.format.ImageException;
import io.dvcr.converters.format.ImageFormat;
import io.dvcr.converters.format.ImageInfo;
import io.dvcr.converters.format.ImageInspector;
import io.dvcr.converters.nbd.NbdClient;
import io.dvcr.converters.nbd.SocketDirectory;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Reads disks out of image files with {@code qemu-nbd}: one process an open disk. Thread-safe. */
public final class QemuNbd {
    /** For an import that takes hours. */
    public static final Limits DEFAULT_LIMITS =
            new Limits(Duration.ofHours(12), Duration.ofHours(6), 4L << 30, 0, 64 << 10);

    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration START_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofMillis(5);

    private final QemuTools tools;
    private final Limits limits;
    private final long maxVirtualSizeBytes;

    public QemuNbd(QemuTools tools, Limits limits, long maxVirtualSizeBytes) {
        this.tools = tools;
        this.limits = limits;
        this.maxVirtualSizeBytes = maxVirtualSizeBytes;
    }

    /**
     * Opens the disk in a file, which must stay as it is until the disk is closed. Where this JVM is root, a
     * file that not everybody can read belongs to {@link QemuTools#account()} meanwhile. The file is inspected first, so nothing reaches QEMU that was
     * not.
     *
     * @throws ImageException if the image is refused
     * @throws IllegalArgumentException if the file is of a format that is read without QEMU
     */
    public RandomAccessDisk open(Path file) throws IOException {
        ImageInspector inspector = new ImageInspector(maxVirtualSizeBytes);
        ImageInfo info = inspector.inspectFile(file);
        if (info.plain()) {
            throw new IllegalArgumentException("a file of format " + info.format() + " is read without QEMU");
        }
        Resources resources = new Resources();
        try {
            RandomAccessDisk disk = open(file, info, resources);
            return inspector.allocation().map(blocks -> blocks.over(disk)).orElse(disk);
        } catch (IOException | RuntimeException e) {
            resources.closeAfter(e);
            throw e;
        }
    }

    private RandomAccessDisk open(Path file, ImageInfo info, Resources resources) throws IOException {
        SocketDirectory directory = resources.add(SocketDirectory.create());
        resources.add(tools.account().lend(directory.directory()));
        resources.add(tools.account().lendToRead(file));
        RunningProcess process = resources.add(Subprocess.start(command(file, info, directory.socket()), limits));
        NbdClient client = resources.add(connect(process, directory.socket()));
        directory.close(); // a connection needs no name, and so a crash leaves none behind
        return checked(new QemuNbdDisk(client, process, resources), info);
    }

    private static RandomAccessDisk checked(QemuNbdDisk disk, ImageInfo info) throws IOException {
        if (disk.size() != info.virtualSizeBytes()) {
            throw new IOException("qemu-nbd sees " + disk.size() + " bytes, the inspection " + info.virtualSizeBytes());
        }
        return disk;
    }

    private Command command(Path file, ImageInfo info, Path socket) {
        List<String> words = new ArrayList<>(List.of(
                tools.qemuNbd().toString(),
                "--read-only",
                "--socket=" + socket,
                "--shared=1",
                "--cache=writeback",
                "--aio=threads",
                "--discard=ignore",
                "--detect-zeroes=off"));
        words.addAll(image(info.format()));
        return new Command(words, file, tools.account());
    }

    /**
     * The format is always named, so QEMU never guesses. A VHD's size is the one in its footer, not that of the geometry,
     * which QEMU would take for what some programs made.
     */
    private static List<String> image(ImageFormat format) {
        return format == ImageFormat.VHD
                ? List.of(
                        "--image-opts",
                        "driver=vpc,force_size_calc=current_size,file.driver=file,file.filename=" + Command.INPUT)
                : List.of("--format=" + format, Command.INPUT);
    }

    /** qemu-nbd ends with its first client, so that it does not outlive this JVM: there is no trying out. */
    private static NbdClient connect(RunningProcess process, Path socket) throws IOException {
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (process.isAlive() && System.nanoTime() - deadline < 0) {
            if (Files.exists(socket)) {
                try {
                    return NbdClient.connect(socket, REQUEST_TIMEOUT);
                } catch (ConnectException _) {
                    pause(); // bound, but not listening yet
                }
            }
            pause();
        }
        if (process.isAlive()) {
            throw new IOException("qemu-nbd did not listen within " + START_TIMEOUT);
        }
        throw new IOException("qemu-nbd did not open the image: " + process.await());
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(POLL);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while starting qemu-nbd");
        }
    }
}
