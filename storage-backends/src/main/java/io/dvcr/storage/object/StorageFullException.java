package io.dvcr.storage.object;

import java.io.IOException;
import java.util.Optional;

/**
 * There is no space for what was to be written. What was stored before is there, and the same write succeeds once space
 * has been freed.
 */
public final class StorageFullException extends IOException {
    private static final long serialVersionUID = 1L;

    private static final int DEEPEST_CAUSE = 20;

    StorageFullException(String message) {
        super(message);
    }

    private StorageFullException(IOException cause) {
        super("no space left in the store: " + cause.getMessage(), cause);
    }

    /** That which {@code cause} says, in the words of another store. */
    public static StorageFullException because(String message, Throwable cause) {
        StorageFullException full = new StorageFullException(message);
        full.initCause(cause);
        return full;
    }

    /** The failure itself, or, if the system said that there was no space, that. */
    static IOException orOther(IOException failure) {
        return isBehind(failure) ? new StorageFullException(failure) : failure;
    }

    /** Whether {@code failure}, of whatever wrote to a disk, comes from there being no space. */
    public static boolean isBehind(Throwable failure) {
        Optional<Throwable> cause = Optional.of(failure);
        for (int depth = 0; cause.isPresent() && depth < DEEPEST_CAUSE; depth++) {
            if (saysFull(cause.get())) {
                return true;
            }
            cause = Optional.ofNullable(cause.get().getCause());
        }
        return false;
    }

    private static boolean saysFull(Throwable failure) {
        String message = failure.getMessage();
        return failure instanceof StorageFullException
                || (failure instanceof IOException && message != null && FullDisk.isTold(message));
    }
}
