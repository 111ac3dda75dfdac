package io.dvcr.registry.observe;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.dvcr.storage.content.StoreLayout;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether the object store works by storing something small and deleting it. What was found holds for a
 * second, so that many who ask cost no more than one, and a store that hangs is asked once, not again and again.
 * Thread-safe.
 */
public final class StoreProbe implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StoreProbe.class);
    private static final Duration FRESH = Duration.ofSeconds(1);

    private final ObjectStore store;
    private final Clock clock;
    private final Duration patience;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private Optional<Future<?>> running = Optional.empty();
    private Optional<String> fault = Optional.empty();
    private Instant found = Instant.MIN;

    /** @param patience how long the store may take */
    public StoreProbe(ObjectStore store, Clock clock, Duration patience) {
        this.store = store;
        this.clock = clock;
        this.patience = patience;
    }

    /** What is wrong with the store, for everybody to read; empty if nothing is. */
    synchronized Optional<String> fault() {
        if (found.isBefore(clock.instant().minus(FRESH))) {
            Optional<String> now = look();
            now.filter(what -> !fault.equals(now))
                    .ifPresent(what -> LOG.atError().addKeyValue("fault", what).log("the store fails"));
            fault = now;
            found = clock.instant();
        }
        return fault;
    }

    private Optional<String> look() {
        Future<?> attempt = running.orElseGet(() -> threads.submit(this::writeAndDelete));
        running = Optional.of(attempt);
        try {
            attempt.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            running = Optional.empty();
            return Optional.empty();
        } catch (ExecutionException e) {
            running = Optional.empty();
            LOG.atDebug().setCause(e.getCause()).log("the store cannot be written");
            return Optional.of("cannot be written");
        } catch (TimeoutException e) {
            return Optional.of("does not answer");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("was not waited for");
        }
    }

    private boolean writeAndDelete() throws IOException {
        store.put(StoreLayout.PROBE, US_ASCII.encode("probe"));
        return store.delete(StoreLayout.PROBE);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
