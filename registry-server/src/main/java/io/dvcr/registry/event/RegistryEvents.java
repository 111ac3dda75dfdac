package io.dvcr.registry.event;

import java.io.IOException;
import java.util.List;

/** Is told what happens in the registry, by whoever makes it happen and before its client is answered. Thread-safe. */
@FunctionalInterface
public interface RegistryEvents {

    /** Tells nobody. */
    RegistryEvents NONE = _ -> {};

    /**
     * Once this returns the event will reach those who want it, even if the server is killed.
     *
     * @throws IOException if that cannot be promised; then the client must not be told that all went well
     */
    void publish(RegistryEvent event) throws IOException;

    /** All of {@code audience}, in this order. */
    static RegistryEvents all(List<RegistryEvents> audience) {
        List<RegistryEvents> told = List.copyOf(audience);
        return event -> {
            for (RegistryEvents one : told) {
                one.publish(event);
            }
        };
    }
}
