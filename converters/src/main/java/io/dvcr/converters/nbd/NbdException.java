package io.dvcr.converters.nbd;

import java.io.IOException;

/** The peer of an NBD connection broke the protocol, or reported an error. */
public final class NbdException extends IOException {
    private static final long serialVersionUID = 1L;

    public NbdException(String message) {
        super(message);
    }
}
