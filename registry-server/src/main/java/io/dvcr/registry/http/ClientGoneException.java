package io.dvcr.registry.http;

import java.io.IOException;

/** The client closed its connection, or took too little of our reply, before its request or our reply was complete. */
final class ClientGoneException extends IOException {
    private static final long serialVersionUID = 1L;

    ClientGoneException(String message) {
        super(message);
    }
}
