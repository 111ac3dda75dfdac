package io.dvcr.importers.registry;

import java.io.IOException;

/** The body of an answer does not go on: its connection failed, or nothing has come for too long. */
final class BodyCutException extends IOException {
    private static final long serialVersionUID = 1L;

    BodyCutException(String message) {
        super(message);
    }

    BodyCutException(String message, Throwable cause) {
        super(message, cause);
    }
}
