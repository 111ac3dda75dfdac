package io.dvcr.importers.job;

import io.dvcr.converters.qemu.OutputFormat;
import io.dvcr.importers.image.ConvertedImages;
import io.dvcr.importers.image.StoredImage;
import io.dvcr.storage.RegistryError.NotFound;
import io.dvcr.storage.RegistryError.TooManyRequests;
import io.dvcr.storage.RegistryException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
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
 * Has images converted before anybody waits for the download. What comes of it is in {@link ConvertedImages} and survives
 * a restart; the conversions themselves do not, and other servers do not know of them: their keys say all that it takes
 * to begin them again. Thread-safe.
 */
public final class FormatConversions implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FormatConversions.class);

    /** As many as {@link ConvertedImages} makes at once; one that waits there for a download would be in the way. */
    private static final int CONCURRENT = 2;

    /** That are known, those that have ended among them. */
    private static final int MAX_KNOWN = 1000;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(30);
    private static final Duration CANCEL_PATIENCE = Duration.ofSeconds(5);

    private final ConvertedImages converted;
    private final Clock clock;
    private final ExecutorService workers = Executors.newFixedThreadPool(
            CONCURRENT, Thread.ofVirtual().name("format-conversion-", 0).factory());
    private final Map<ConversionKey, RunningFormatConversion> known = new LinkedHashMap<>();

    public FormatConversions(ConvertedImages converted, Clock clock) {
        this.converted = converted;
        this.clock = clock;
    }

    /**
     * Begins to convert {@code image}. If that is under way already, it is that conversion.
     *
     * @param account who asks, if that is known
     * @throws RegistryException with {@link TooManyRequests} if too many are under way
     */
    public FormatConversion begin(StoredImage image, OutputFormat format, Optional<String> account) {
        ConversionKey key = ConversionKey.of(image, format);
        RunningFormatConversion begun;
        synchronized (known) {
            Optional<RunningFormatConversion> other =
                    Optional.ofNullable(known.get(key)).filter(RunningFormatConversion::isUnderWay);
            if (other.isPresent()) {
                return other.get().snapshot(converted);
            }
            known.remove(key);
            makeRoom();
            begun = new RunningFormatConversion(image, pending(image, key, account));
            known.put(key, begun);
        }
        workers.execute(() -> run(begun));
        return begun.snapshot(converted);
    }

    private FormatConversion pending(StoredImage image, ConversionKey key, Optional<String> account) {
        return new FormatConversion(
                key,
                image.details().tag(),
                clock.instant(),
                account,
                ImportPhase.PENDING,
                0,
                OptionalLong.empty(),
                Optional.empty());
    }

    /** Forgets the conversion that ended and was begun first, if there are as many as may be known. */
    private void makeRoom() {
        if (known.size() < MAX_KNOWN) {
            return;
        }
        Optional<RunningFormatConversion> oldest = known.values().stream()
                .filter(RunningFormatConversion::hasEnded)
                .findFirst();
        if (oldest.isEmpty()) {
            throw new RegistryException(
                    new TooManyRequests(MAX_KNOWN + " conversions are under way already", RETRY_AFTER));
        }
        known.remove(oldest.get().key());
    }

    /** Empty if this server knows of none such, or not any more. */
    public Optional<FormatConversion> find(ConversionKey key) {
        return running(key).map(one -> one.snapshot(converted));
    }

    private Optional<RunningFormatConversion> running(ConversionKey key) {
        synchronized (known) {
            return Optional.ofNullable(known.get(key));
        }
    }

    /** Those that are known, the newest first. */
    public List<FormatConversion> list() {
        List<RunningFormatConversion> all;
        synchronized (known) {
            all = new ArrayList<>(known.values());
        }
        return all.reversed().stream().map(one -> one.snapshot(converted)).toList();
    }

    /**
     * Ends a conversion that has not ended. A download that wants the same file makes it then.
     *
     * @throws RegistryException with {@link NotFound} if there is no such conversion
     */
    public FormatConversion cancel(ConversionKey key) {
        RunningFormatConversion one =
                running(key).orElseThrow(() -> new RegistryException(new NotFound("the conversion")));
        one.cancel();
        one.awaitEnd(CANCEL_PATIENCE);
        return one.snapshot(converted);
    }

    private void run(RunningFormatConversion one) {
        if (!one.begin()) {
            return;
        }
        FormatConversion last = one.snapshot(converted);
        try {
            one.settle(last.succeeded(converted.prepare(one.image(), last.key().format())));
        } catch (IOException | RuntimeException | Error e) { // it must not seem to run for ever
            if (one.isCancelled()) {
                one.settle(last.cancelled());
            } else {
                LOG.atError().addKeyValue("conversion", one.key()).setCause(e).log("an image was not converted");
                one.settle(last.failed(ImportFailure.of(e)));
            }
        }
    }

    /** Stops what is running. */
    @Override
    public void close() {
        synchronized (known) {
            known.values().forEach(RunningFormatConversion::cancel);
        }
        workers.shutdownNow();
        workers.close();
    }
}
