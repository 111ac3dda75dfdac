package io.dvcr.virt.registry;

import io.dvcr.importers.registry.RegistryClient;
import io.dvcr.importers.registry.RepositoryWriter;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.Descriptor;
import io.dvcr.storage.content.Manifest;
import io.dvcr.storage.content.StoredManifest;
import io.dvcr.virt.runtime.ImageDescription;
import java.io.IOException;

/** Gives an image, with all that it lists, a name in another repository of its registry. No bytes travel. */
final class ImageCopy {
    private final RegistryClient registry;
    private final ImageDescription image;
    private final ImageReference target;
    private final RepositoryName from;
    private final RepositoryWriter writer;

    /** @param target has a tag */
    ImageCopy(RegistryClient registry, ImageDescription image, ImageReference target) {
        this.registry = registry;
        this.image = image;
        this.target = target;
        this.from = ImageReference.parse(image.reference()).repository();
        this.writer = registry.writer(target.repository());
    }

    /** The name comes last, so that nothing is half there. */
    void run() throws IOException {
        StoredManifest top = read(new Reference.ByDigest(image.digest()));
        copyWhatItNames(top);
        writer.putManifest(target.reference(), top.mediaType(), top.content());
    }

    private void copyWhatItNames(StoredManifest stored) throws IOException {
        Manifest manifest = stored.parsed();
        for (Descriptor blob : manifest.blobs()) {
            if (!writer.has(blob.digest(), blob.size()) && !writer.mount(blob.digest(), from)) {
                throw new IOException("the registry does not give blob " + blob.digest() + " of " + from + " to "
                        + target.repository());
            }
        }
        for (Descriptor child : manifest.manifests()) {
            Reference reference = new Reference.ByDigest(child.digest());
            StoredManifest listed = read(reference);
            copyWhatItNames(listed);
            writer.putManifest(reference, listed.mediaType(), listed.content());
        }
    }

    private StoredManifest read(Reference reference) throws IOException {
        return registry.manifest(new ImageReference(from, reference));
    }
}
