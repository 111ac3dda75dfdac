package io.dvcr.virt.control;

import io.dvcr.storage.Digest;
import io.dvcr.virt.api.DataSource;
import io.dvcr.virt.api.DataSource.Checksum;
import io.dvcr.virt.runtime.ImageDescription;
import io.dvcr.virt.runtime.ImageRegistry;
import io.dvcr.virt.runtime.Transfer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/** A registry in memory that imports at once. Outlives the controllers that use it. Thread-safe. */
final class FakeRegistry implements ImageRegistry {
    static final long IMAGE_BYTES = 1L << 30;

    private final Map<String, StoredImage> images = new ConcurrentHashMap<>();
    private final Map<String, Transfer> transfers = new ConcurrentHashMap<>();
    private final Map<String, String> uploads = new ConcurrentHashMap<>();
    private final AtomicInteger imports = new AtomicInteger();
    private volatile boolean holding;
    private final AtomicInteger ids = new AtomicInteger();

    /** What is pushed does not arrive for now. */
    void holdPushes(boolean isHolding) {
        holding = isHolding;
    }

    @Override
    public Optional<StoredImage> find(String reference) {
        return Optional.ofNullable(images.get(reference));
    }

    @Override
    public Optional<String> ownImage(String image) {
        return image.startsWith("here/") ? Optional.of(image.substring(5)) : Optional.empty();
    }

    @Override
    public String beginImport(String target, DataSource source) {
        imports.incrementAndGet();
        String id = "/imports/" + ids.incrementAndGet();
        String url = source.http().map(DataSource.Http::url).orElse("");
        if (url.endsWith("/hostile.qcow2")) {
            transfers.put(id, new Transfer.Failed("QCOW2_BACKING_FILE", "names /etc/shadow", false, Instant.EPOCH));
            return id;
        }
        put(target, url.endsWith(".iso"));
        transfers.put(id, new Transfer.Succeeded(100, 1));
        return id;
    }

    void put(String target, boolean cdrom) {
        images.put(
                target,
                new StoredImage(
                        new ImageDescription(
                                target, Digest.sha256(target.getBytes(StandardCharsets.UTF_8)), IMAGE_BYTES, cdrom),
                        100,
                        cdrom ? "iso" : "qcow2"));
    }

    @Override
    public String beginUpload(String target, Optional<Checksum> checksum) {
        String id = "/uploads/" + ids.incrementAndGet();
        uploads.put(id, target);
        transfers.put(id, new Transfer.AwaitingUpload("curl -T FILE http://here" + id));
        return id;
    }

    /** A person has run the command. */
    void upload(String command) {
        String id = command.substring(command.indexOf("/uploads/"));
        put(Optional.ofNullable(uploads.get(id)).orElseThrow(), false);
        transfers.put(id, new Transfer.Succeeded(100, 1));
    }

    @Override
    public Transfer transfer(String id) {
        return transfers.getOrDefault(id, new Transfer.None());
    }

    @Override
    public void cancel(String id) {
        transfers.remove(id);
    }

    @Override
    public void copy(ImageDescription image, String target) {
        put(target, image.cdrom());
    }

    @Override
    public void push(Path disk, String target, IntConsumer percent) throws IOException {
        percent.accept(50);
        while (holding) {
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                throw (IOException) new InterruptedIOException("stopped").initCause(e);
            }
        }
        put(target, false);
    }

    @Override
    public void delete(String reference) {
        images.remove(reference);
    }

    @Override
    public String url(String reference) {
        return "here/" + reference;
    }

    List<String> images() {
        return List.copyOf(images.keySet());
    }

    int imports() {
        return imports.get();
    }
}
