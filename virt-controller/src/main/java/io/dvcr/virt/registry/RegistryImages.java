package io.dvcr.virt.registry;

import io.dvcr.importers.registry.RegistryClient;
import io.dvcr.importers.registry.RemoteImage;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.Reference;
import io.dvcr.virt.runtime.ImageDescription;
import io.dvcr.virt.runtime.Images;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/** The images that machines are made from, fetched over HTTP from a registry. Thread-safe. */
public final class RegistryImages implements Images {
    private final RegistryClient registry;

    public RegistryImages(RegistryClient registry) {
        this.registry = registry;
    }

    @Override
    public ImageDescription describe(String reference) throws IOException {
        RemoteImage image = RemoteImage.find(registry, ImageReference.parse(reference));
        return new ImageDescription(
                reference,
                image.digest(),
                image.config().virtualSize(),
                image.config().cdrom());
    }

    @Override
    public void download(ImageDescription image, Path target, LongConsumer progress) throws IOException {
        ImageReference named = ImageReference.parse(image.reference());
        ImageReference exact = new ImageReference(named.repository(), new Reference.ByDigest(image.digest()));
        RemoteImage.find(registry, exact).download(target, progress);
    }
}
