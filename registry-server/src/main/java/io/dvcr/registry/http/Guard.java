package io.dvcr.registry.http;

import io.dvcr.registry.access.Caller;

/** Finds out who sends a request. Thread-safe. */
@FunctionalInterface
public interface Guard {

    /** Asks nobody who they are. */
    Guard NONE = _ -> Caller.ANYONE;

    /**
     * The caller, who is anonymous if the request holds no credentials.
     *
     * @throws io.dvcr.storage.RegistryException with {@link io.dvcr.storage.RegistryError.Unauthorized} if it holds
     *     credentials that prove nothing
     */
    Caller identify(Request request);
}
