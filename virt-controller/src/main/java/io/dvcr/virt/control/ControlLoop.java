package io.dvcr.virt.control;

import io.dvcr.storage.RegistryError.Conflict;
import io.dvcr.storage.RegistryException;
import io.dvcr.virt.resource.Resource;
import io.dvcr.virt.resource.ResourceType;
import io.dvcr.virt.resource.Resources;
import io.dvcr.virt.resource.Resources.Change;
import io.dvcr.virt.resource.Resources.Event;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has every resource looked after whose own state, or that of one that it names or that names it, may have changed; and
 * each now and then. Different resources are looked at side by side, one by one thread at a time. Thread-safe.
 */
final class ControlLoop implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlLoop.class);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_END = Duration.ofSeconds(20);
    private static final Duration AT_ONCE_AGAIN = Duration.ofMillis(50);
    private static final int AT_ONCE = 16;

    private final Resources resources;
    private final Map<ResourceType<?, ?>, Reconciler<?, ?>> reconcilers;
    private final Duration longestRetry;
    private final InstantSource clock;
    private final ReferenceIndex index;
    private final Map<Item, Turn> turns = new ConcurrentHashMap<>();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final Semaphore slots = new Semaphore(AT_ONCE);
    private final ThreadFactory threadFactory =
            Thread.ofVirtual().name("reconcile-", 0).factory();
    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("reconcile-later").factory());

    private volatile boolean closed;

    /**
     * @param index is kept up to date here
     * @param reconcilers are given what has others looked at
     */
    ControlLoop(
            Resources resources,
            ReferenceIndex index,
            Function<Waker, Map<ResourceType<?, ?>, Reconciler<?, ?>>> reconcilers,
            Duration longestRetry,
            InstantSource clock) {
        this.resources = resources;
        this.index = index;
        this.reconcilers = Map.copyOf(reconcilers.apply(this::wake));
        this.longestRetry = longestRetry;
        this.clock = clock;
    }

    /** Begins with all that there is. To be called once, after the watch has begun. */
    void start() throws IOException {
        for (ResourceType<?, ?> type : reconcilers.keySet()) {
            for (Resource<?, ?> resource : resources.list(type)) {
                index.put(Item.of(resource), References.of(resource));
            }
        }
        for (ResourceType<?, ?> type : reconcilers.keySet()) {
            resources.list(type).forEach(resource -> wake(Item.of(resource)));
        }
    }

    /** What {@link Resources#watch} tells. */
    void changed(Change change) {
        Item item = Item.of(change.resource());
        Set<Item> around = index.around(item);
        boolean isGone = change.kind() == Change.Kind.DELETED;
        index.put(item, isGone ? Set.of() : References.of(change.resource()));
        wake(item);
        around.forEach(this::wake);
        index.around(item).forEach(this::wake);
    }

    /** Has the resource looked at soon. */
    void wake(Item item) {
        if (reconcilers.containsKey(item.type()) && !closed) {
            while (!turns.computeIfAbsent(item, Turn::new).wake()) {
                Thread.onSpinWait();
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        later.shutdownNow();
        long deadline = System.nanoTime() + LONGEST_END.toNanos();
        for (Thread thread : Set.copyOf(threads)) {
            join(thread, deadline);
        }
    }

    private static void join(Thread thread, long deadline) {
        try {
            if (!thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())))) {
                thread.interrupt();
                thread.join(Duration.ofSeconds(1));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** When one resource is looked at. */
    private final class Turn {
        private final Item item;
        private boolean dirty;
        private boolean running;
        private boolean dead;
        private int failures;
        private Optional<Future<?>> timer = Optional.empty();

        Turn(Item item) {
            this.item = item;
        }

        /** Returns false if this turn is over for good. */
        synchronized boolean wake() {
            if (dead) {
                return false;
            }
            dirty = true;
            if (!running && !closed) {
                running = true;
                Thread thread = threadFactory.newThread(this::run);
                threads.add(thread);
                thread.start();
            }
            return true;
        }

        private void run() {
            try {
                boolean isThere = true;
                while (takeDirty(isThere)) {
                    slots.acquire();
                    try {
                        isThere = look();
                    } finally {
                        slots.release();
                    }
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            } finally {
                threads.remove(Thread.currentThread());
            }
        }

        private synchronized boolean takeDirty(boolean isThere) {
            boolean isToRun = dirty && !closed;
            dirty = false;
            running = isToRun;
            if (!isToRun && !isThere) {
                dead = true;
                turns.remove(item, this);
            }
            return isToRun;
        }

        /** Returns whether the resource is still there. */
        private boolean look() throws InterruptedException {
            Duration next;
            try {
                Optional<Duration> told = reconcile(item);
                failures = 0;
                if (told.isEmpty()) {
                    return false;
                }
                next = told.get();
            } catch (IOException | RegistryException e) {
                next = isOutdated(e) ? AT_ONCE_AGAIN : failed(e);
            } catch (RuntimeException e) {
                LOG.atError().addKeyValue("resource", item).setCause(e).log("a fault of the controller");
                next = failed(e);
            }
            schedule(next);
            return true;
        }

        /** Somebody changed the resource meanwhile: what is so now has to be looked at. */
        private boolean isOutdated(Exception cause) {
            return cause instanceof RegistryException refused && refused.error() instanceof Conflict;
        }

        private Duration failed(Exception cause) {
            failures++;
            String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
            LOG.atWarn()
                    .addKeyValue("resource", item)
                    .addKeyValue("failures", failures)
                    .log(message);
            try {
                resources
                        .find(item.type(), item.key())
                        .ifPresent(resource ->
                                resources.note(resource, Event.warning("ReconcileFailed", message, clock.instant())));
            } catch (IOException e) {
                LOG.atWarn().addKeyValue("resource", item).setCause(e).log("its event is not kept");
            }
            Duration delay = FIRST_RETRY.multipliedBy(1L << Math.min(failures - 1, 20));
            return delay.compareTo(longestRetry) < 0 ? delay : longestRetry;
        }

        private synchronized void schedule(Duration delay) {
            timer.ifPresent(before -> before.cancel(false));
            if (!closed) {
                timer = Optional.of(
                        later.schedule(() -> ControlLoop.this.wake(item), delay.toNanos(), TimeUnit.NANOSECONDS));
            }
        }
    }

    /** Empty once it is gone. */
    private Optional<Duration> reconcile(Item item) throws IOException, InterruptedException {
        Reconciler<?, ?> reconciler = reconcilers.get(item.type());
        return reconciler == null ? Optional.empty() : reconcile(item, reconciler);
    }

    /** The types fit: a reconciler is registered under the type of its resources. */
    @SuppressWarnings("unchecked")
    private <S extends Record, T extends Record> Optional<Duration> reconcile(Item item, Reconciler<S, T> reconciler)
            throws IOException, InterruptedException {
        Optional<Resource<S, T>> resource = resources.find((ResourceType<S, T>) item.type(), item.key());
        return resource.isPresent() ? Optional.of(reconciler.reconcile(resource.get())) : Optional.empty();
    }
}
