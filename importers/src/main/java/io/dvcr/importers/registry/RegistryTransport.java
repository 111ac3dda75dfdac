package io.dvcr.importers.registry;

import java.io.IOException;
import java.net.URI;
import java.util.Optional;

/** How requests get to a registry, and to where it sends us. Thread-safe. */
interface RegistryTransport {

    /**
     * Sends one request, once. A redirect is an answer like others.
     *
     * @return the answer; a body that does not go on is a {@link BodyCutException}
     * @throws IOException with a message for users if there is none
     */
    RegistryResponse send(RegistryRequest request, URI url, Optional<String> authorization) throws IOException;

    /** Of all answers' bodies, in bytes. */
    long received();
}
