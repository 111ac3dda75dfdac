package io.dvcr.storage.content;

import io.dvcr.storage.RegistryError.UploadBusy;
import io.dvcr.storage.RegistryException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Who is writing to which upload, among the requests to this server and to others over the same store. Thread-safe. */
final class UploadWriters {
    private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final ConcurrentMap<UploadId, UploadWriter> writers = new ConcurrentHashMap<>();
    private final Takeover takeover;
    private final UploadRights rights;

    UploadWriters(Takeover takeover, UploadRights rights) {
        this.takeover = takeover;
        this.rights = rights;
    }

    /** The right to write to an upload, unless another has it. */
    Optional<UploadWriter> tryEnter(UploadId id) throws IOException {
        UploadWriter mine = new UploadWriter();
        if (writers.putIfAbsent(id, mine) != null) {
            return Optional.empty();
        }
        boolean alone = false;
        try {
            alone = rights.tryTake(id, mine);
        } finally {
            if (!alone) {
                leave(id, mine);
            }
        }
        return alone ? Optional.of(mine) : Optional.empty();
    }

    /**
     * The right to write to an upload, once whoever has it is done or, having fallen silent, was made to stop.
     *
     * @throws RegistryException with {@link UploadBusy} if another goes on writing
     */
    UploadWriter enter(UploadId id) throws IOException {
        long deadlineNanos = System.nanoTime() + takeover.patience().toNanos();
        UploadWriter mine = new UploadWriter();
        for (UploadWriter other = writers.putIfAbsent(id, mine); other != null; other = writers.putIfAbsent(id, mine)) {
            if (!other.awaitRelease(takeover.silence(), deadlineNanos)) {
                throw new RegistryException(new UploadBusy(id.toString()));
            }
        }
        boolean alone = false;
        try {
            alone = isTakenFromOtherServers(id, mine, deadlineNanos);
        } finally {
            if (!alone) {
                leave(id, mine);
            }
        }
        if (!alone) {
            throw new RegistryException(new UploadBusy(id.toString()));
        }
        return mine;
    }

    private boolean isTakenFromOtherServers(UploadId id, UploadWriter mine, long deadlineNanos) throws IOException {
        if (rights.tryTake(id, mine)) {
            return true;
        }
        rights.want(id);
        try {
            while (System.nanoTime() - deadlineNanos < 0) {
                LockSupport.parkNanos(LOOK_EVERY_NANOS);
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException("interrupted while waiting for another writer");
                }
                if (rights.tryTake(id, mine)) {
                    return true;
                }
            }
            return false;
        } finally {
            rights.wantNoMore(id);
        }
    }

    /** Gives back what {@code writer} had; from now on another may have it. */
    void leave(UploadId id, UploadWriter writer) {
        rights.release(writer);
        writers.remove(id, writer);
        writer.release();
    }
}
