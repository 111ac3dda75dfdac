package io.dvcr.storage.object;

import java.io.IOException;

/**
 * Another writer has taken the object that was appended to. What was not flushed does not count; what was is that other
 * writer's to go on with.
 */
public final class OvertakenException extends IOException {
    private static final long serialVersionUID = 1L;

    public OvertakenException(String message) {
        super(message);
    }

    public OvertakenException(String message, Throwable cause) {
        super(message, cause);
    }
}
