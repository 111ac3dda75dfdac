package io.dvcr.storage.content;

import io.dvcr.storage.lease.Lease;
import io.dvcr.storage.lease.Leases;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which server writes to which upload. A server that wants one that another has says so in the store; whoever has it
 * looks there while it waits for its client in vain, and gives way. Thread-safe.
 */
final class UploadRights {
    private static final Logger LOG = LoggerFactory.getLogger(UploadRights.class);
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);

    private final ObjectStore store;
    private final Leases leases;
    private final String kind;
    private final Duration silence;
    private final Map<UploadWriter, Lease> held = new ConcurrentHashMap<>();

    /**
     * @param kind what the names of these rights begin with
     * @param silence for how long a writer must have waited for bytes, in vain, to be made to give way
     */
    UploadRights(ObjectStore store, Leases leases, String kind, Duration silence) {
        this.store = store;
        this.leases = leases;
        this.kind = kind;
        this.silence = silence;
    }

    /** Takes the right for {@code writer}, who has it among those of this server; returns whether it has it now. */
    boolean tryTake(UploadId id, UploadWriter writer) throws IOException {
        if (!leases.areShared()) {
            return true;
        }
        Optional<Lease> lease = leases.tryTake(name(id));
        if (lease.isPresent()) {
            held.put(writer, lease.get());
            Thread.ofVirtual().name("upload-right").start(() -> watch(id, writer, lease.get()));
        }
        return lease.isPresent();
    }

    /** Asks the server that has the right to give way if it can. */
    void want(UploadId id) throws IOException {
        store.put(StoreLayout.wantedUpload(id), ByteBuffer.allocate(0));
    }

    /** Takes back what {@link #want} asked for. */
    void wantNoMore(UploadId id) throws IOException {
        store.discard(StoreLayout.wantedUpload(id));
    }

    private void watch(UploadId id, UploadWriter writer, Lease lease) {
        try {
            while (!writer.isReleased()) {
                Thread.sleep(LOOK_EVERY);
                if (!lease.isHeld() || isWanted(id, writer)) {
                    writer.oust();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("upload", id).setCause(e).log("a client's connection was not closed cleanly");
        }
    }

    private boolean isWanted(UploadId id, UploadWriter writer) {
        try {
            return writer.isSilentFor(silence)
                    && store.head(StoreLayout.wantedUpload(id)).isPresent();
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("upload", id).setCause(e).log("whether an upload is wanted could not be seen");
            return false;
        }
    }

    /** Gives back what {@code writer} has. */
    void release(UploadWriter writer) {
        Optional<Lease> lease = Optional.ofNullable(held.remove(writer));
        try {
            if (lease.isPresent() && writer.isOver()) {
                lease.get().closeForGood();
            } else if (lease.isPresent()) {
                lease.get().close();
            }
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("other servers were not told that an upload is free");
        }
    }

    private String name(UploadId id) {
        return kind + "/" + id;
    }
}
