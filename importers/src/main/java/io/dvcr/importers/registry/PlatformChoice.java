package io.dvcr.importers.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dvcr.converters.face.ListedDisk;
import io.dvcr.importers.source.SourceError.NoDisk;
import io.dvcr.importers.source.SourceException;
import io.dvcr.storage.Digest;
import io.dvcr.storage.content.Descriptor;
import io.dvcr.storage.content.Manifest;
import io.dvcr.storage.content.StoredManifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Which manifest of an index is taken: a disk artifact, which is cheapest to copy; else a container image for Linux on
 * the architecture; else a KubeVirt artifact; else the only one there is, if it is for no platform in particular.
 */
final class PlatformChoice {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String KUBEVIRT_TYPE = "application/vnd.kubevirt.virtualmachine.v1";

    private PlatformChoice() {}

    /**
     * The digest to go on with; empty if {@code stored} is not an index.
     *
     * @param name of the image, for messages
     * @throws SourceException with {@link NoDisk} if it lists nothing that will do
     */
    static Optional<Digest> in(StoredManifest stored, String architecture, String name) throws IOException {
        Manifest index = stored.parsed();
        if (index.manifests().isEmpty()) {
            return Optional.empty();
        }
        List<Listed> listed = listed(stored);
        return Optional.of(ListedDisk.in(index)
                .or(() -> first(listed, one -> one.isFor("linux", architecture)))
                .or(() -> kubevirt(index))
                .or(() -> listed.size() == 1 ? first(listed, Listed::isForNothing) : Optional.empty())
                .orElseThrow(() -> new SourceException(new NoDisk(name, "it lists none for linux/" + architecture))));
    }

    /** Variants are passed over: what a machine needs of a processor is not what a container needs. */
    private record Listed(Digest digest, String system, String architecture) {
        boolean isFor(String wantedSystem, String wantedArchitecture) {
            return system.equals(wantedSystem) && architecture.equals(wantedArchitecture);
        }

        boolean isForNothing() {
            return isFor("", "") || isFor("unknown", "unknown");
        }
    }

    private static List<Listed> listed(StoredManifest index) throws IOException {
        List<Listed> listed = new ArrayList<>();
        for (JsonNode manifest : JSON.readTree(index.content()).path("manifests")) {
            JsonNode platform = manifest.path("platform");
            listed.add(new Listed(
                    Digest.parse(manifest.path("digest").asText()),
                    platform.path("os").asText(),
                    platform.path("architecture").asText()));
        }
        return listed;
    }

    private static Optional<Digest> first(List<Listed> listed, Predicate<Listed> wanted) {
        return listed.stream().filter(wanted).map(Listed::digest).findFirst();
    }

    private static Optional<Digest> kubevirt(Manifest index) {
        return index.manifests().stream()
                .filter(listed -> listed.artifactType().equals(Optional.of(KUBEVIRT_TYPE)))
                .map(Descriptor::digest)
                .findFirst();
    }
}
