package io.dvcr.storage.content;

import io.dvcr.storage.RegistryError.UploadBusy;
import io.dvcr.storage.RegistryException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Who is writing to which upload. Thread-safe. */
final class UploadWriters {
    private final ConcurrentMap<UploadId, UploadWriter> writers = new ConcurrentHashMap<>();
    private final Takeover takeover;

    UploadWriters(Takeover takeover) {
        this.takeover = takeover;
    }

    /** The right to write to an upload, unless another has it. */
    Optional<UploadWriter> tryEnter(UploadId id) {
        UploadWriter mine = new UploadWriter();
        return writers.putIfAbsent(id, mine) == null ? Optional.of(mine) : Optional.empty();
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
        return mine;
    }

    /** Gives back what {@code writer} had; from now on another may have it. */
    void leave(UploadId id, UploadWriter writer) {
        writers.remove(id, writer);
        writer.release();
    }
}
