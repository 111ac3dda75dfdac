package io.dvcr.registry.event;

import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.Retention;
import io.dvcr.storage.policy.Removal;
import java.io.IOException;
import java.util.Optional;

/**
 * Publishes what retention removes, as what clients delete is. Thread-safe.
 *
 * @param actor who had the rules applied; empty when it was time
 */
public record RetentionEvents(RegistryEvents events, Optional<String> actor) implements Retention.Listener {

    @Override
    public void removed(RepositoryName repository, Removal removal) throws IOException {
        for (Removal.RemovedTag tag : removal.tags()) {
            events.publish(new RegistryEvent.TagDeleted(
                    repository, tag.entry().tag(), tag.entry().manifest(), actor));
        }
        for (Removal.RemovedManifest manifest : removal.manifests()) {
            events.publish(new RegistryEvent.ManifestDeleted(
                    repository, manifest.entry().digest(), manifest.entry().mediaType(), actor));
        }
    }
}
