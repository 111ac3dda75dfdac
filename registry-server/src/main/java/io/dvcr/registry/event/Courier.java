package io.dvcr.registry.event;

import io.dvcr.registry.event.DeliveryObserver.Outcome;
import io.dvcr.storage.lease.Lease;
import io.dvcr.storage.lease.Leases;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectKey;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the events of one endpoint to it, one after the other. An event that fails is tried again until it is too old,
 * and those behind it wait, so that the endpoint sees things in the order in which they happened. Of the couriers of
 * several servers over one store one delivers, the others wait until it dies. Thread-safe; runs on one thread.
 */
final class Courier implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Courier.class);
    private static final Duration FIRST_RETRY_DELAY = Duration.ofMillis(500);

    private static final Duration LONGEST_SLEEP = Duration.ofMinutes(1);

    /** In case another server over the same store has left events, or has died. */
    private static final Duration SHARED_SLEEP = Duration.ofSeconds(1);

    private static final int PAGE = 500;

    private final String endpoint;
    private final Outbox outbox;
    private final Delivery delivery;
    private final DeliveryObserver observer;
    private final WebhookSettings settings;
    private final Leases leases;
    private final Clock clock;
    private Optional<Lease> turn = Optional.empty(); // of the courier's thread only
    private final Semaphore news = new Semaphore(0);
    private int failures; // in a row; of the courier's thread only

    Courier(
            String endpoint,
            Outbox outbox,
            Delivery delivery,
            DeliveryObserver observer,
            WebhookSettings settings,
            Leases leases,
            Clock clock) {
        this.endpoint = endpoint;
        this.outbox = outbox;
        this.delivery = delivery;
        this.observer = observer;
        this.settings = settings;
        this.leases = leases;
        this.clock = clock;
    }

    int pending() {
        return outbox.pending();
    }

    /** Stores an event, and sees to it that it is delivered. */
    void accept(String sequence, byte[] event) throws IOException {
        outbox.add(sequence, event);
        if (outbox.pending() > settings.maxPending() && leases.areShared()) {
            outbox.count(); // others may have delivered
        }
        if (outbox.pending() > settings.maxPending()) {
            for (ObjectInfo oldest : outbox.oldest(outbox.pending() - settings.maxPending())) {
                drop(oldest.key(), Outcome.DISPLACED);
            }
        }
        news.release();
    }

    @Override
    public void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    news.drainPermits();
                    if (!hasTurn() || !deliverPage()) {
                        boolean _ = news.tryAcquire(longestSleep().toMillis(), TimeUnit.MILLISECONDS);
                    }
                } catch (InterruptedIOException e) {
                    return;
                } catch (IOException | RuntimeException e) {
                    LOG.atError().addKeyValue("webhook", endpoint).setCause(e).log("events cannot be read");
                    Thread.sleep(settings.longestRetryDelay());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the server ends; what is left is delivered after the next start
        }
    }

    private Duration longestSleep() {
        return leases.areShared() ? SHARED_SLEEP : LONGEST_SLEEP;
    }

    /** Takes the turn if nobody has it, and keeps it as long as this server lives. */
    private boolean hasTurn() throws IOException {
        if (turn.filter(Lease::isHeld).isEmpty()) {
            turn = leases.tryTake("webhooks/" + endpoint);
        }
        if (turn.isEmpty()) {
            outbox.count(); // another delivers
        }
        return turn.isPresent();
    }

    /** Returns whether there was anything to do. */
    private boolean deliverPage() throws IOException, InterruptedException {
        List<ObjectInfo> page = outbox.oldest(PAGE);
        for (ObjectInfo event : page) {
            if (!hasTurn()) {
                return false;
            }
            deliver(event);
        }
        return !page.isEmpty();
    }

    private void deliver(ObjectInfo event) throws IOException, InterruptedException {
        Optional<byte[]> json = outbox.read(event.key());
        while (json.isPresent()) {
            if (event.modified().plus(settings.maxAge()).isBefore(clock.instant())) {
                drop(event.key(), Outcome.EXPIRED);
                return;
            }
            Outcome outcome = delivery.attempt(event.key().lastComponent(), json.get());
            if (outcome != Outcome.FAILED) {
                settle(event.key(), outcome);
                return;
            }
            observer.ended(endpoint, Outcome.FAILED);
            failures++;
            Thread.sleep(retryDelay());
            if (turn.filter(Lease::isHeld).isEmpty()) {
                return; // another goes on from here
            }
            json = outbox.read(event.key()); // it may have been displaced
        }
    }

    private void settle(ObjectKey event, Outcome outcome) throws IOException {
        if (failures > 0) {
            LOG.atInfo()
                    .addKeyValue("webhook", endpoint)
                    .addKeyValue("failures", failures)
                    .log("a webhook is back");
        }
        failures = 0;
        if (outcome == Outcome.REFUSED) {
            drop(event, outcome);
        } else {
            boolean _ = outbox.remove(event);
            observer.ended(endpoint, outcome);
        }
    }

    private void drop(ObjectKey event, Outcome why) throws IOException {
        if (outbox.remove(event)) {
            observer.ended(endpoint, why);
            LOG.atWarn()
                    .addKeyValue("webhook", endpoint)
                    .addKeyValue("event", event.lastComponent())
                    .addKeyValue("why", why)
                    .log("an event is given up");
        }
    }

    /** Twice the one before, up to the longest, and at random up to half of it less: endpoints are not hit in step. */
    private Duration retryDelay() {
        long doubled = FIRST_RETRY_DELAY.toMillis() << Math.min(failures - 1, 20);
        long millis = Math.min(doubled, settings.longestRetryDelay().toMillis());
        if (failures == 1) {
            LOG.atWarn().addKeyValue("webhook", endpoint).log("a webhook fails; events wait for it");
        }
        return Duration.ofMillis(millis - ThreadLocalRandom.current().nextLong(millis / 2 + 1));
    }
}
