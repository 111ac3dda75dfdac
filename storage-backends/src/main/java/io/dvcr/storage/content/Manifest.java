package io.dvcr.storage.content;

import io.dvcr.storage.RegistryError.ManifestInvalid;
import io.dvcr.storage.RegistryException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the registry understands of a manifest: an image manifest, an image index, or their Docker equals. Fields that
 * it does not know are not kept here; the stored bytes are those that were pushed.
 *
 * @param mediaType as the manifest was pushed with
 * @param layers of an image manifest; the blobs of an artifact manifest, which preceded it
 * @param manifests of an index
 */
public record Manifest(
        String mediaType,
        Optional<String> artifactType,
        Optional<Descriptor> config,
        List<Descriptor> layers,
        List<Descriptor> manifests,
        Optional<Descriptor> subject,
        Map<String, String> annotations) {

    public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";

    public Manifest {
        layers = List.copyOf(layers);
        manifests = List.copyOf(manifests);
        annotations = Map.copyOf(annotations);
    }

    /**
     * Reads a manifest that was pushed, or stored, with {@code mediaType}.
     *
     * @throws RegistryException with {@link ManifestInvalid} if it is not JSON of the form that the OCI image
     *     specification gives
     */
    public static Manifest parse(String mediaType, byte[] content) {
        return new ManifestParser(mediaType).parse(content);
    }

    /** Reads a manifest that has passed {@link #parse} already, whatever its media type. */
    static Manifest parseAny(byte[] content) {
        return ManifestParser.ofAnyType().parse(content);
    }

    /**
     * What a manifest says that it is.
     *
     * @throws RegistryException with {@link ManifestInvalid} if it is no JSON object
     */
    public static Optional<String> mediaTypeWithin(byte[] content) {
        return ManifestParser.mediaTypeWithin(content);
    }

    /** The content that must be in the repository before the manifest is: config and layers that are not foreign. */
    public List<Descriptor> blobs() {
        return Stream.concat(config.stream(), layers.stream())
                .filter(descriptor -> !descriptor.foreign())
                .toList();
    }

    /** What referrers are filtered by: the artifact type, or else the config's media type. */
    public Optional<String> effectiveArtifactType() {
        return artifactType.or(() -> config.map(Descriptor::mediaType));
    }
}
