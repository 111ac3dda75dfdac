package io.dvcr.registry.http;

import java.io.IOException;

/** The client sends its body so slowly that we do not wait for the rest. */
final class ClientTooSlowException extends IOException {
    private static final long serialVersionUID = 1L;

    ClientTooSlowException() {
        super("the body of the request came too slowly");
    }
}
