package io.dvcr.importers.registry;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Knows what to prove to which registry. Thread-safe. */
@FunctionalInterface
public interface RegistryCredentials {
    RegistryCredentials NONE = _ -> Optional.empty();

    /**
     * @param host such as {@code registry.example} or {@code 127.0.0.1:5000}
     * @throws IOException if it cannot be found out
     */
    Optional<Credential> find(String host) throws IOException;

    /** The same, for one command: each host is looked up once, which may take asking a program or the user. */
    default RegistryCredentials remembered() {
        Map<String, Optional<Credential>> known = new ConcurrentHashMap<>();
        return host -> {
            Optional<Credential> credential = known.get(host);
            if (credential == null) {
                credential = find(host);
                known.put(host, credential);
            }
            return credential;
        };
    }
}
