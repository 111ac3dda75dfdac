package io.dvcr.registry.event;

import io.dvcr.converters.disk.DiskManifest;
import io.dvcr.importers.image.ImageDetails;
import io.dvcr.importers.job.ImportFailure;
import io.dvcr.importers.job.ImportJob;
import io.dvcr.importers.job.ImportObserver;
import java.util.Optional;

/** Publishes how imports end. One that a client cancelled is no news. Thread-safe. */
public final class ImportEvents implements ImportObserver {
    private final RegistryEvents events;

    public ImportEvents(RegistryEvents events) {
        this.events = events;
    }

    @Override
    public Ending begin(ImportJob job) {
        return ended -> {
            Optional<RegistryEvent> event = of(ended);
            if (event.isPresent()) {
                events.publish(event.get());
            }
        };
    }

    private static Optional<RegistryEvent> of(ImportJob job) {
        return job.image()
                .<RegistryEvent>map(image -> imported(job, image))
                .or(() -> job.failure().map(failure -> failed(job, failure)));
    }

    private static RegistryEvent imported(ImportJob job, ImageDetails image) {
        return new RegistryEvent.ImageImported(
                image.repository(),
                job.request().tag(),
                image.digest(),
                DiskManifest.MEDIA_TYPE,
                image.storedSize(),
                job.id());
    }

    private static RegistryEvent failed(ImportJob job, ImportFailure failure) {
        return new RegistryEvent.ImportFailed(
                job.request().repository(), job.request().tag(), job.id(), failure.code(), failure.message());
    }
}
