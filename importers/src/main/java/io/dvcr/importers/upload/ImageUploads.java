package io.dvcr.importers.upload;

import io.dvcr.importers.image.ImageStore;
import io.dvcr.importers.job.ImportJob;
import io.dvcr.importers.job.ImportJobs;
import io.dvcr.importers.source.UploadSource;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.RegistryError.Gone;
import io.dvcr.storage.RegistryError.NotFound;
import io.dvcr.storage.RegistryError.TooLarge;
import io.dvcr.storage.RegistryError.TooManyRequests;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.content.IncomingFile;
import io.dvcr.storage.content.IncomingFiles;
import io.dvcr.storage.content.UploadId;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Images that clients send, in one part or many. A file that is whole becomes an import, and its bytes go when that has
 * ended. What nobody goes on with goes as well. All there is to know is stored, so that an upload goes on after a
 * restart, and the steps of its end are such that a crash between any two is made good by {@link #tidy}. Thread-safe.
 */
public final class ImageUploads implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ImageUploads.class);
    private static final Duration TIDY_INTERVAL = Duration.ofMinutes(1);

    private final IncomingFiles files;
    private final ImageStore images;
    private final ImportJobs jobs;
    private final Clock clock;
    private final long maxBytes;
    private final Set<UploadId> importing = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("uploads").factory());

    ImageUploads(IncomingFiles files, ImageStore images, ImportJobs jobs, Clock clock, long maxBytes) {
        this.files = files;
        this.images = images;
        this.jobs = jobs;
        this.clock = clock;
        this.maxBytes = maxBytes;
    }

    /**
     * Takes up what a crash left undone, and looks after uploads from now on.
     *
     * @param maxBytes the largest file that is taken
     */
    @SuppressWarnings("FutureReturnValueIgnored") // both run until this is closed and log their own failures
    public static ImageUploads start(
            IncomingFiles files, ImageStore images, ImportJobs jobs, Clock clock, long maxBytes) {
        ImageUploads uploads = new ImageUploads(files, images, jobs, clock, maxBytes);
        uploads.timer.scheduleWithFixedDelay(uploads::tidy, 0, TIDY_INTERVAL.toSeconds(), TimeUnit.SECONDS);
        uploads.timer.scheduleWithFixedDelay(uploads::tidyImported, 1, 1, TimeUnit.SECONDS);
        return uploads;
    }

    /** The largest file that is taken, in bytes. */
    public long maxBytes() {
        return maxBytes;
    }

    /**
     * Begins an upload.
     *
     * @param account who asks, if that is known: the import is theirs
     * @param metadata what a tus client says of the file, to be told again
     * @param lifetime how long it stays that nobody goes on with
     * @throws RegistryException if it would come to nothing: the file is too large, the tag or the quota of the
     *     repository allows no image, or the base is not there
     */
    public BegunUpload begin(
            ImageUploadRequest request, Optional<String> account, Optional<String> metadata, Duration lifetime)
            throws IOException {
        if (request.size().orElse(0) > maxBytes) {
            throw new RegistryException(new TooLarge("the file", maxBytes));
        }
        images.requireWritable(request.repository(), request.tag());
        if (request.base().isPresent()) {
            ImageReference base = request.base().get();
            images.get(base.repository(), base.reference());
        }
        UploadToken token = UploadToken.random();
        ImageUpload upload = ImageUpload.begun(request, account, metadata, lifetime);
        files.begin(token.id(), upload.toJson());
        return new BegunUpload(token, status(token.id(), upload));
    }

    /** @throws RegistryException with {@link NotFound} or {@link Gone} if there is no upload that goes by the token */
    public UploadStatus status(UploadToken token) throws IOException {
        UploadStatus status = stored(token.id());
        requireUnexpired(status);
        if (!isWhole(status.upload(), status.offset())) {
            return status;
        }
        tidy(token.id()); // its last writer was cut off before it had said that it was
        return stored(token.id());
    }

    private UploadStatus stored(UploadId id) throws IOException {
        byte[] record = files.record(id).orElseThrow(() -> new RegistryException(new NotFound("the upload")));
        return status(id, ImageUpload.parse(record));
    }

    /** Whether all has come that was announced, but is not yet known to have. */
    private static boolean isWhole(ImageUpload upload, long length) {
        return !upload.finished() && upload.request().size().orElse(-1) == length;
    }

    private UploadStatus status(UploadId id, ImageUpload upload) throws IOException {
        long offset = upload.finished() ? upload.request().size().orElse(0) : files.length(id);
        Instant expires = files.touched(id).plus(upload.lifetime());
        Optional<ImportJob> job = upload.job().isPresent() ? find(upload.job().get()) : Optional.empty();
        return new UploadStatus(upload, offset, expires, job);
    }

    private void requireUnexpired(UploadStatus status) {
        if (!status.upload().finished() && status.expires().isBefore(clock.instant())) {
            throw new RegistryException(new Gone("the upload has expired"));
        }
    }

    /**
     * Opens an upload to go on with it; one writer at a time.
     *
     * @throws RegistryException with {@link NotFound} or {@link Gone} if there is none that goes by the token or it can
     *     be used no more, with {@link io.dvcr.storage.RegistryError.UploadBusy} if another goes on writing to it
     */
    public ImageUploadWriter open(UploadToken token) throws IOException {
        requireUsable(status(token)); // before anybody else is disturbed
        IncomingFile file = files.open(token.id());
        try {
            UploadStatus status = status(token.id(), ImageUpload.parse(file.record()));
            requireUsable(status);
            requireUnexpired(status);
            return new ImageUploadWriter(file, status.upload(), this);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static void requireUsable(UploadStatus status) {
        if (status.upload().finished()) {
            throw new RegistryException(new Gone("the upload is finished, and can be used no more"));
        }
    }

    /**
     * Makes a file that is whole an import. In this order a crash leaves a file that is known to be whole, whose import
     * is then looked for, or asked for again.
     *
     * @return the import; empty if whoever began the upload has too many waiting already, until one of them is done
     */
    Optional<ImportJob> finish(IncomingFile file, ImageUpload upload) throws IOException {
        ImageUpload whole = upload.finished(file.length());
        file.store(whole.toJson());
        return submit(file, whole);
    }

    private Optional<ImportJob> submit(IncomingFile file, ImageUpload whole) throws IOException {
        try {
            ImportJob job = jobs.submit(whole.request().importOf(file.id()), whole.requestedBy());
            file.store(whole.importedBy(job.id()).toJson());
            importing.add(file.id());
            return Optional.of(job);
        } catch (RegistryException e) {
            if (e.error() instanceof TooManyRequests) {
                return Optional.empty(); // its bytes are acknowledged: it is submitted again whenever this tidies
            }
            file.remove(); // nothing will ever become of it
            throw e;
        }
    }

    /** The import as it is now; empty if it is not known any more. */
    private Optional<ImportJob> find(String job) throws IOException {
        try {
            return Optional.of(jobs.get(job));
        } catch (RegistryException e) {
            if (e.error() instanceof NotFound) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Removes what has expired and what was imported, and goes on with what a crash cut off. */
    void tidy() {
        try {
            files.forEach(this::tidy);
        } catch (IOException | RuntimeException e) {
            LOG.atError().setCause(e).log("uploads could not be tidied");
        }
    }

    private void tidyImported() {
        importing.forEach(this::tidy);
    }

    private void tidy(UploadId id) {
        try {
            if (mayBeUntidy(id)) {
                tidyAlone(id);
            }
        } catch (RegistryException e) {
            importing.remove(id); // it is gone, or its import was refused
        } catch (IOException | RuntimeException e) {
            LOG.atError().addKeyValue("upload", id).setCause(e).log("an upload could not be tidied");
        }
    }

    /** Who only looks keeps nobody from writing, and takes no right that all servers know of. */
    private boolean mayBeUntidy(UploadId id) throws IOException {
        UploadStatus status = stored(id);
        boolean expired = status.expires().isBefore(clock.instant());
        if (!status.upload().finished()) {
            return expired || isWhole(status.upload(), status.offset());
        }
        boolean over = status.job().map(job -> job.phase().ended()).orElse(true);
        boolean done = over && status.upload().job().isPresent() && files.length(id) == 0;
        if (done) {
            importing.remove(id);
        }
        return over && (expired || !done);
    }

    private void tidyAlone(UploadId id) throws IOException {
        try (IncomingFile file = files.tryOpen(id).orElse(null)) {
            if (file != null) {
                tidy(file);
            }
        }
    }

    private void tidy(IncomingFile file) throws IOException {
        UploadStatus status = status(file.id(), ImageUpload.parse(file.record()));
        if (isWhole(status.upload(), file.length())) {
            finish(file, status.upload());
            return;
        }
        boolean over = status.upload().finished() && hasEnded(file, status);
        if (over && file.length() > 0) {
            file.clear();
        }
        if (over) {
            importing.remove(file.id());
        }
        if ((over || !status.upload().finished()) && status.expires().isBefore(clock.instant())) {
            file.remove();
        }
    }

    /** Whether nobody will read the file any more. */
    private boolean hasEnded(IncomingFile file, UploadStatus status) throws IOException {
        if (status.upload().job().isPresent()) {
            return status.job().map(job -> job.phase().ended()).orElse(true);
        }
        Optional<ImportJob> begun = jobs.list().stream()
                .filter(job -> job.request().source() instanceof UploadSource source
                        && source.id().equals(file.id()))
                .findFirst();
        if (begun.isEmpty()) {
            submit(file, status.upload());
            return false;
        }
        file.store(status.upload().importedBy(begun.get().id()).toJson());
        importing.add(file.id());
        return begun.get().phase().ended();
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
