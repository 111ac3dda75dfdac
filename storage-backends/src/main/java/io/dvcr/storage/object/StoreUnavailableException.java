package io.dvcr.storage.object;

import java.io.IOException;
import java.util.Optional;

/**
 * The store cannot be reached, or does not do now what it is asked. What was stored before is there, and the same may
 * succeed later.
 */
public final class StoreUnavailableException extends IOException {
    private static final long serialVersionUID = 1L;

    private static final int DEEPEST_CAUSE = 20;

    public StoreUnavailableException(String message) {
        super(message);
    }

    public StoreUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Whether {@code failure} comes from the store being unavailable. */
    public static boolean isBehind(Throwable failure) {
        Optional<Throwable> cause = Optional.of(failure);
        for (int depth = 0; cause.isPresent() && depth < DEEPEST_CAUSE; depth++) {
            if (cause.get() instanceof StoreUnavailableException) {
                return true;
            }
            cause = Optional.ofNullable(cause.get().getCause());
        }
        return false;
    }
}
