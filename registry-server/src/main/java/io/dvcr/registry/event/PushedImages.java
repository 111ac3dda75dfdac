package io.dvcr.registry.event;

import io.dvcr.importers.job.PushedConversions;
import io.dvcr.registry.event.RegistryEvent.ManifestDeleted;
import io.dvcr.registry.event.RegistryEvent.ManifestPushed;
import java.io.IOException;

/**
 * Has disks made of what clients push under a tag, and stops that when it is deleted. What is pushed by its digest alone
 * is a part of something else. Thread-safe.
 */
public final class PushedImages implements RegistryEvents {
    private final PushedConversions conversions;

    public PushedImages(PushedConversions conversions) {
        this.conversions = conversions;
    }

    @Override
    public void publish(RegistryEvent event) throws IOException {
        switch (event) {
            case ManifestPushed pushed
            when !pushed.tags().isEmpty() -> conversions.pushed(pushed.repository(), pushed.digest());
            case ManifestDeleted deleted -> conversions.deleted(deleted.repository(), deleted.digest());
            default -> {}
        }
    }
}
