package io.dvcr.storage.lease;

import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How one server shows the others that it lives: an object of its own that says something new every time. Thread-safe. */
final class Heartbeat {
    private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

    private final ObjectStore store;
    private final LeaseKeys keys;
    private final LeaseSettings settings;
    private final LongSupplier nanoTime;
    private volatile Session session;
    private long beats;

    Heartbeat(ObjectStore store, LeaseKeys keys, LeaseSettings settings, LongSupplier nanoTime) {
        this.store = store;
        this.keys = keys;
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.session = begin();
    }

    private Session begin() {
        return new Session(UUID.randomUUID().toString(), nanoTime);
    }

    Session session() {
        return session;
    }

    /** Shows that this server lives; as somebody else, if it may have been taken for dead. */
    synchronized void beat() throws IOException {
        Session now = session;
        if (beats > 0 && !now.isSure()) {
            now = renounce(now);
        }
        long before = nanoTime.getAsLong();
        store.put(keys.session(now.id()), beatOf(++beats));
        now.renew(before + settings.sure().toNanos());
        session = now;
    }

    private static ByteBuffer beatOf(long number) {
        return ByteBuffer.wrap(Long.toString(number).getBytes(StandardCharsets.US_ASCII));
    }

    private Session renounce(Session lost) throws IOException {
        LOG.atWarn()
                .addKeyValue("session", lost.id())
                .log("the store was out of reach for so long that other servers may have taken over");
        lost.end();
        store.delete(keys.session(lost.id()));
        return begin();
    }

    /** Tells the others at once that nothing comes from here any more. */
    synchronized void end() throws IOException {
        session.end();
        ObjectKey own = keys.session(session.id());
        store.delete(own);
    }
}
