package io.dvcr.cli.client;

import java.io.IOException;

/** A server has answered, and that it will not: to ask again is of no use. The message is the server's. */
final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
        super(message);
    }
}
