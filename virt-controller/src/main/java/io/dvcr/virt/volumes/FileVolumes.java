package io.dvcr.virt.volumes;

import io.dvcr.virt.runtime.Hypervisor;
import io.dvcr.virt.runtime.ImageDescription;
import io.dvcr.virt.runtime.Images;
import io.dvcr.virt.runtime.Volumes;
import io.dvcr.virt.store.DurableFiles;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.RandomAccessFile;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;

/**
 * Volumes as files of one data directory, which no other process may use meanwhile. A volume appears under its name when
 * it is whole and durable, and not before. Thread-safe.
 */
public final class FileVolumes implements Volumes, Closeable {
    private final VolumeTree tree;
    private final Images images;
    private final Overlays overlays;
    private final VolumeSettings settings;
    private final Semaphore slots;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Path, Fill> fills = new HashMap<>();

    /** Takes the volumes in {@code dataDirectory/volumes}. */
    public static FileVolumes open(Path dataDirectory, Images images, Overlays overlays, VolumeSettings settings)
            throws IOException {
        VolumeTree tree = VolumeTree.open(dataDirectory.toAbsolutePath().resolve("volumes"));
        return new FileVolumes(tree, images, overlays, settings);
    }

    private FileVolumes(VolumeTree tree, Images images, Overlays overlays, VolumeSettings settings) {
        this.tree = tree;
        this.images = images;
        this.overlays = overlays;
        this.settings = settings;
        this.slots = new Semaphore(settings.concurrentDownloads());
    }

    @Override
    public Volume find(String uid) throws IOException {
        VolumeFiles files = tree.volume(uid);
        lock.lock();
        try {
            Fill fill = fills.get(files.directory());
            if (fill != null && !fill.isOver()) {
                return fill.progress();
            }
            Optional<Volume> ready = files.ready(uid);
            if (ready.isPresent()) {
                fills.remove(files.directory());
                return ready.get();
            }
            return Optional.ofNullable(fill)
                    .flatMap(Fill::failure)
                    .<Volume>map(Volume.Failed::new)
                    .orElseGet(Volume.Absent::new);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void createBlank(String uid, Optional<String> storageClass, long bytes) throws IOException {
        StorageClass _ = settings.named(storageClass);
        VolumeFiles files = tree.volume(uid);
        lock.lock();
        try {
            if (files.ready(uid).isEmpty()) {
                files.create();
                Path partial = files.partial(files.disk());
                setLength(partial, bytes);
                files.complete(partial, files.disk(), false);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void createFromImage(
            String uid,
            Optional<String> storageClass,
            ImageDescription image,
            long bytes,
            boolean readOnly,
            Runnable changed)
            throws IOException {
        if (bytes < image.virtualSizeBytes()) {
            throw new IllegalArgumentException(
                    bytes + " bytes for an image of " + image.virtualSizeBytes() + ": " + image.reference());
        }
        VolumeFiles files = tree.volume(uid);
        Fill.Work work = switch (settings.named(storageClass)) {
            case StorageClass.Overlay _ when !readOnly -> _ -> makeOverlay(files, image, bytes, changed);
            case StorageClass.Overlay _, StorageClass.File _ ->
                progress -> copy(files, image, bytes, target(files, image, readOnly), progress);
        };
        Optional<Fill> _ = begin(uid, files, image, work, changed);
    }

    private static Path target(VolumeFiles files, ImageDescription image, boolean readOnly) {
        if (!readOnly) {
            return files.disk();
        }
        return image.cdrom() ? files.cdrom() : files.image();
    }

    /** The one that makes the volume, which is begun unless it is under way, or the volume there. */
    private Optional<Fill> begin(
            String uid, VolumeFiles files, ImageDescription image, Fill.Work work, Runnable changed)
            throws IOException {
        lock.lock();
        try {
            Fill before = fills.get(files.directory());
            if (before != null && !before.isOver()) {
                before.tell(changed);
                return Optional.of(before);
            }
            if (files.ready(uid).isPresent()) {
                return Optional.empty();
            }
            files.create();
            Fill fill = Fill.begin(uid, image.virtualSizeBytes(), work, changed);
            fills.put(files.directory(), fill);
            return Optional.of(fill);
        } finally {
            lock.unlock();
        }
    }

    private void copy(VolumeFiles files, ImageDescription image, long bytes, Path target, LongConsumer progress)
            throws IOException, InterruptedException {
        slots.acquire();
        try {
            Path partial = files.partial(target);
            images.download(image, partial, progress);
            if (Thread.interrupted()) {
                throw new InterruptedIOException("the download was cancelled");
            }
            checkSize(image, partial);
            setLength(partial, bytes);
            files.complete(partial, target, !target.equals(files.disk()));
        } finally {
            slots.release();
        }
    }

    private static void checkSize(ImageDescription image, Path file) throws IOException {
        long size = Files.size(file);
        if (size != image.virtualSizeBytes()) {
            throw new IOException(
                    "image " + image.reference() + " came as " + size + " bytes, expected " + image.virtualSizeBytes());
        }
    }

    /** The link comes first, so that nobody takes the base away meanwhile. */
    private void makeOverlay(VolumeFiles files, ImageDescription image, long bytes, Runnable changed)
            throws IOException, InterruptedException {
        VolumeFiles base = tree.base(image.digest());
        Optional<Fill> filling;
        lock.lockInterruptibly(); // whoever cancels this may hold it
        try {
            link(files, base);
            filling = begin(
                    image.digest().toString(),
                    base,
                    image,
                    progress -> copy(base, image, image.virtualSizeBytes(), base.image(), progress),
                    changed);
        } finally {
            lock.unlock();
        }
        if (filling.isPresent()) {
            filling.get().await();
        }
        Path partial = files.partial(files.overlay());
        overlays.create(partial, base.image(), bytes);
        files.complete(partial, files.overlay(), false);
    }

    private static void link(VolumeFiles files, VolumeFiles base) throws IOException {
        try {
            Files.createSymbolicLink(files.baseLink(), files.directory().relativize(base.directory()));
            DurableFiles.force(files.directory());
        } catch (FileAlreadyExistsException _) {
            // of an earlier attempt
        }
    }

    /** A file may grow under QEMU. An overlay that is in use may not: that grows by {@link Hypervisor#resize} alone. */
    @Override
    public void grow(String uid, long bytes) throws IOException {
        VolumeFiles files = tree.volume(uid);
        if (!(find(uid) instanceof Volume.Ready ready) || ready.device().readOnly()) {
            throw new IOException("there is no volume " + uid + " that could grow");
        }
        if (ready.bytes() >= bytes) {
            return;
        }
        switch (ready.device().format()) {
            case RAW -> {
                setLength(files.disk(), bytes);
                DurableFiles.force(files.disk());
            }
            case QCOW2 -> overlays.growUnlessInUse(files.overlay(), bytes);
        }
    }

    private static void setLength(Path file, long bytes) throws IOException {
        try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw")) {
            if (opened.length() < bytes) {
                opened.setLength(bytes);
            }
        }
    }

    @Override
    public void delete(String uid) throws IOException {
        VolumeFiles files = tree.volume(uid);
        Fill fill;
        lock.lock();
        try {
            fill = fills.get(files.directory());
        } finally {
            lock.unlock();
        }
        if (fill != null) {
            fill.cancel();
        }
        lock.lock();
        try {
            fills.remove(files.directory());
            Optional<VolumeFiles> base = base(files);
            files.delete();
            if (base.isPresent() && !tree.isUsed(base.get())) {
                deleteBase(base.get());
            }
        } finally {
            lock.unlock();
        }
    }

    private static Optional<VolumeFiles> base(VolumeFiles files) throws IOException {
        Path link = files.baseLink();
        return Files.isSymbolicLink(link)
                ? Optional.of(new VolumeFiles(
                        link.resolveSibling(Files.readSymbolicLink(link)).normalize()))
                : Optional.empty();
    }

    private void deleteBase(VolumeFiles base) throws IOException {
        Fill fill = fills.remove(base.directory());
        if (fill != null) {
            fill.cancel();
        }
        base.delete();
    }

    @Override
    public String defaultStorageClass() {
        return settings.defaultClass();
    }

    /** Ends what goes on in the background; it begins again when it is asked for again. */
    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            for (Fill fill : fills.values()) {
                fill.cancel();
            }
        } finally {
            lock.unlock();
        }
    }
}
