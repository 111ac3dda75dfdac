package io.dvcr.importers.job;

import io.dvcr.converters.qemu.OutputFormat;
import io.dvcr.importers.image.ConvertedImages;
import io.dvcr.importers.image.ImageStore;
import io.dvcr.importers.image.StoredImage;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryError.NotFound;
import io.dvcr.storage.RegistryError.TooManyRequests;
import io.dvcr.storage.RegistryException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has images converted before anybody waits for the download. What comes of it is in {@link ConvertedImages}. The
 * conversions survive a restart like that: one that was under way begins again then, where its file is not there yet.
 * Other servers do not know of them: their keys say all that it takes to begin them there. Thread-safe.
 */
public final class DownloadConversions implements AutoCloseable {
    /** The order of {@link #list()}. */
    public static final Comparator<DownloadConversion> NEWEST_FIRST = Comparator.comparing(DownloadConversion::created)
            .thenComparing(one -> one.key().toString())
            .reversed();

    private static final Logger LOG = LoggerFactory.getLogger(DownloadConversions.class);

    /** As many as {@link ConvertedImages} makes at once; one that waits there for a download would be in the way. */
    private static final int CONCURRENT = 2;

    /** That are known, those that have ended among them. */
    private static final int MAX_KNOWN = 1000;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(30);
    private static final Duration CANCEL_PATIENCE = Duration.ofSeconds(5);

    private final ImageStore images;
    private final ConvertedImages converted;
    private final DownloadConversionRecords records;
    private final Duration keep;
    private final Clock clock;
    private final ExecutorService workers = Executors.newFixedThreadPool(
            CONCURRENT, Thread.ofVirtual().name("download-conversion-", 0).factory());
    private final Map<ConversionKey, RunningDownloadConversion> known = new LinkedHashMap<>(); // the oldest first
    private volatile boolean closing;

    private DownloadConversions(
            ImageStore images,
            ConvertedImages converted,
            DownloadConversionRecords records,
            Duration keep,
            Clock clock) {
        this.images = images;
        this.converted = converted;
        this.records = records;
        this.keep = keep;
        this.clock = clock;
    }

    /**
     * Goes on with what an earlier run did not finish.
     *
     * @param directory for what is known of them, made if need be
     * @param keep how long one that has ended is known after it was asked for
     */
    public static DownloadConversions start(
            ImageStore images, ConvertedImages converted, Path directory, Duration keep, Clock clock)
            throws IOException {
        DownloadConversionRecords records = new DownloadConversionRecords(directory);
        DownloadConversions started = new DownloadConversions(images, converted, records, keep, clock);
        records.all().forEach(started::resume);
        return started;
    }

    private void resume(DownloadConversion stored) {
        RunningDownloadConversion one =
                new RunningDownloadConversion(stored.phase().ended() ? stored : stored.pending());
        known.put(stored.key(), one);
        if (!one.hasEnded()) {
            workers.execute(() -> run(one));
        }
    }

    /**
     * Begins to convert {@code image}. If that is under way already, it is that conversion. It is durable when this
     * returns.
     *
     * @param account who asks, if that is known
     * @throws RegistryException with {@link TooManyRequests} if too many are under way
     */
    public DownloadConversion begin(StoredImage image, OutputFormat format, Optional<String> account)
            throws IOException {
        ConversionKey key = ConversionKey.of(image, format);
        RunningDownloadConversion begun;
        synchronized (known) {
            Optional<RunningDownloadConversion> other = running(key).filter(RunningDownloadConversion::isUnderWay);
            if (other.isPresent()) {
                return other.get().snapshot(converted);
            }
            forgetOld();
            makeRoom();
            begun = new RunningDownloadConversion(pending(image, key, account));
            records.save(begun.snapshot(converted));
            known.remove(key); // so that it becomes the newest
            known.put(key, begun);
        }
        workers.execute(() -> run(begun));
        return begun.snapshot(converted);
    }

    private DownloadConversion pending(StoredImage image, ConversionKey key, Optional<String> account) {
        return new DownloadConversion(
                key,
                image.details().tag(),
                clock.instant(),
                account,
                ImportPhase.PENDING,
                0,
                OptionalLong.empty(),
                Optional.empty());
    }

    private void forgetOld() throws IOException {
        Instant oldest = clock.instant().minus(keep);
        for (RunningDownloadConversion one : List.copyOf(known.values())) {
            if (one.hasEnded() && one.snapshot(converted).created().isBefore(oldest)) {
                forget(one);
            }
        }
    }

    private void forget(RunningDownloadConversion one) throws IOException {
        records.delete(one.snapshot(converted));
        known.remove(one.key());
    }

    /** Forgets the conversion that ended and was begun first, if there are as many as may be known. */
    private void makeRoom() throws IOException {
        if (known.size() < MAX_KNOWN) {
            return;
        }
        Optional<RunningDownloadConversion> oldest = known.values().stream()
                .filter(RunningDownloadConversion::hasEnded)
                .findFirst();
        if (oldest.isEmpty()) {
            throw new RegistryException(
                    new TooManyRequests(MAX_KNOWN + " conversions are under way already", RETRY_AFTER));
        }
        forget(oldest.get());
    }

    /** Empty if this server knows of none such, or not any more. */
    public Optional<DownloadConversion> find(ConversionKey key) {
        return running(key).map(one -> one.snapshot(converted));
    }

    private Optional<RunningDownloadConversion> running(ConversionKey key) {
        synchronized (known) {
            return Optional.ofNullable(known.get(key));
        }
    }

    /** Those that are known, the newest first. */
    public List<DownloadConversion> list() throws IOException {
        List<RunningDownloadConversion> all;
        synchronized (known) {
            forgetOld();
            all = new ArrayList<>(known.values());
        }
        return all.stream()
                .map(one -> one.snapshot(converted))
                .sorted(NEWEST_FIRST)
                .toList();
    }

    /**
     * Ends a conversion that has not ended. A download that wants the same file makes it then.
     *
     * @throws RegistryException with {@link NotFound} if there is no such conversion
     */
    public DownloadConversion cancel(ConversionKey key) throws IOException {
        RunningDownloadConversion one =
                running(key).orElseThrow(() -> new RegistryException(new NotFound("conversion of " + key)));
        one.cancel();
        one.awaitEnd(CANCEL_PATIENCE);
        DownloadConversion now = one.snapshot(converted);
        if (now.phase().ended()) { // or else who works on it stores how it ends
            records.save(now);
        }
        return now;
    }

    private void run(RunningDownloadConversion one) {
        if (!one.begin()) {
            return;
        }
        DownloadConversion last = one.snapshot(converted);
        try {
            StoredImage image = images.get(
                    last.key().repository(), new Reference.ByDigest(last.key().digest()));
            end(one, last.succeeded(converted.prepare(image, last.key().format())));
        } catch (IOException | RuntimeException | Error e) { // it must not seem to run for ever
            if (one.isCancelled()) {
                end(one, last.cancelled());
            } else if (!closing) { // then it goes on when the server starts again
                LOG.atError().addKeyValue("conversion", one.key()).setCause(e).log("an image was not converted");
                end(one, last.failed(ImportFailure.of(e)));
            }
        }
    }

    /** What cannot be stored is done once more when the server starts again, and comes to the same. */
    private void end(RunningDownloadConversion one, DownloadConversion ended) {
        try {
            records.save(ended);
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("conversion", one.key()).setCause(e).log("the end of a conversion was not stored");
        }
        one.settle(ended);
    }

    /** Stops what is running, which goes on after the next start. */
    @Override
    public void close() {
        closing = true;
        workers.shutdownNow();
        workers.close();
    }
}
