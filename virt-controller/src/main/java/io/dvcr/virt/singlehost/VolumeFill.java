package io.dvcr.virt.singlehost;

import io.dvcr.virt.host.Images;
import io.dvcr.virt.machine.ImageDescription;
import io.dvcr.virt.plan.VolumeState.Filling;
import io.dvcr.virt.store.DurableFiles;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Makes one volume in the background, on a thread of its own. The volume appears under its name when it is whole, and
 * not before. Thread-safe.
 */
final class VolumeFill {
    /** What an image is, once it is known. Called once, before the volume is begun. */
    interface ImageSource {
        ImageDescription image() throws IOException;
    }

    private static final Duration LONGEST_CANCELLATION = Duration.ofSeconds(10);

    private final MachineFiles files;
    private final ImageSource source;
    private final Images images;
    private final Semaphore slots;
    private final AtomicLong doneBytes = new AtomicLong();
    private final Thread thread;

    private volatile long totalBytes = Long.MAX_VALUE;
    private volatile @Nullable Exception failure;
    private volatile boolean over;

    /**
     * @param slots what bounds the downloads of all machines
     * @param ended called on the fill's thread when it is over, however it ended
     */
    static VolumeFill begin(MachineFiles files, ImageSource source, Images images, Semaphore slots, Runnable ended) {
        VolumeFill fill = new VolumeFill(files, source, images, slots, ended);
        fill.thread.start();
        return fill;
    }

    private VolumeFill(MachineFiles files, ImageSource source, Images images, Semaphore slots, Runnable ended) {
        this.files = files;
        this.source = source;
        this.images = images;
        this.slots = slots;
        this.thread = Thread.ofVirtual()
                .name("volume-" + files.directory().getFileName())
                .unstarted(() -> run(ended));
    }

    boolean isOver() {
        return over;
    }

    /** Why there is no volume, if the fill is over and it failed. */
    Optional<Exception> failure() {
        return Optional.ofNullable(failure);
    }

    Filling progress() {
        return new Filling((int) Math.clamp(doneBytes.get() * 100.0 / totalBytes, 0, 100));
    }

    /** Ends the fill. What is half-made stays. */
    void cancel() throws IOException, InterruptedException {
        thread.interrupt();
        if (!thread.join(LONGEST_CANCELLATION)) {
            throw new IOException("the download of the volume does not end; " + files.partialVolume() + " is in use");
        }
    }

    private void run(Runnable ended) {
        try {
            slots.acquire();
            try {
                fill();
            } finally {
                slots.release();
            }
        } catch (IOException | RuntimeException | InterruptedException e) {
            failure = e;
        } finally {
            over = true;
            ended.run();
        }
    }

    private void fill() throws IOException {
        Files.deleteIfExists(files.partialVolume());
        ImageDescription image = source.image();
        totalBytes = image.virtualSizeBytes();
        images.download(image, files.partialVolume(), doneBytes::set);
        if (Thread.interrupted()) {
            throw new InterruptedIOException("the download was cancelled");
        }
        checkSize(image);
        String permissions = image.cdrom() ? "r--------" : "rw-------";
        Files.setPosixFilePermissions(files.partialVolume(), PosixFilePermissions.fromString(permissions));
        DurableFiles.force(files.partialVolume());
        DurableFiles.move(files.partialVolume(), files.volume());
    }

    private void checkSize(ImageDescription image) throws IOException {
        long size = Files.size(files.partialVolume());
        if (size != image.virtualSizeBytes()) {
            throw new IOException(
                    "image " + image.reference() + " came as " + size + " bytes, expected " + image.virtualSizeBytes());
        }
    }
}
