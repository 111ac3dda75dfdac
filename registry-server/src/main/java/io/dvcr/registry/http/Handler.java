package io.dvcr.registry.http;

import java.io.IOException;

/** Answers requests of one route. Runs on a virtual thread and may block. Thread-safe. */
@FunctionalInterface
public interface Handler {

    /**
     * @throws io.dvcr.storage.RegistryException if the client is at fault; it becomes an error reply
     * @throws IOException if the world is
     */
    Reply handle(Request request) throws IOException;
}
