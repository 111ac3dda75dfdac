package io.dvcr.virt.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.dvcr.virt.resource.PartlyHonoured;
import io.fabric8.generator.annotation.Default;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code spec} of a VirtualMachineImage. */
public record VirtualMachineImageSpec(
        @JsonPropertyDescription("Where the image is kept.") @Default("ContainerRegistry")
        Storage storage,

        @JsonPropertyDescription("The claim, for storage PersistentVolumeClaim.")
        Optional<Claim> persistentVolumeClaim,

        @JsonPropertyDescription("Where the image comes from.")
        DataSource dataSource)
        implements PartlyHonoured {

    public enum Storage {
        ContainerRegistry,
        PersistentVolumeClaim
    }

    /** {@code persistentVolumeClaim}. */
    public record Claim(
            @JsonPropertyDescription("The storage class; the default one if missing.")
            Optional<String> storageClassName) {}

    /** On a single host, images are kept in the registry. */
    @Override
    public List<String> notHonoured() {
        List<String> paths = new ArrayList<>(dataSource.notHonoured());
        if (storage == Storage.PersistentVolumeClaim) {
            paths.add("storage");
        }
        persistentVolumeClaim.ifPresent(_ -> paths.add("persistentVolumeClaim"));
        return paths;
    }
}
