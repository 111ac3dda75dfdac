package io.dvcr.virt.store;

import io.dvcr.virt.resource.Resources.Change;
import java.io.Closeable;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands changes on to one who watches, on a thread of its own, so that who makes changes does not wait for it. */
final class Watcher implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Watcher.class);

    private final BlockingQueue<Change> queue = new LinkedBlockingQueue<>();
    private final Consumer<Change> consumer;
    private final Consumer<Watcher> ended;
    private final Thread thread;

    private Watcher(Consumer<Change> consumer, Consumer<Watcher> ended) {
        this.consumer = consumer;
        this.ended = ended;
        this.thread = Thread.ofVirtual().name("watch of resources").unstarted(this::run);
    }

    /** @param ended called with it when it is closed */
    static Watcher start(Consumer<Change> consumer, Consumer<Watcher> ended) {
        Watcher watcher = new Watcher(consumer, ended);
        watcher.thread.start();
        return watcher;
    }

    void tell(Change change) {
        queue.add(change);
    }

    private void run() {
        try {
            while (true) {
                hand(queue.take());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** One change that its watcher cannot bear is not to cost it those that come after. */
    private void hand(Change change) {
        try {
            consumer.accept(change);
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("resource", change.resource()).setCause(e).log("a watcher failed on a change");
        }
    }

    @Override
    public void close() {
        ended.accept(this);
        thread.interrupt();
    }
}
