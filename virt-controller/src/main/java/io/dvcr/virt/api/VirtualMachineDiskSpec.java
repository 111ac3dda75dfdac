package io.dvcr.virt.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.dvcr.virt.resource.PartlyHonoured;
import io.dvcr.virt.resource.Quantity;
import java.util.List;
import java.util.Optional;

/** {@code spec} of a VirtualMachineDisk. */
public record VirtualMachineDiskSpec(
        @JsonPropertyDescription("What the disk is made of; it is blank if missing.")
        Optional<DataSource> dataSource,

        @JsonPropertyDescription("The volume that is the disk.")
        Optional<Claim> persistentVolumeClaim)
        implements PartlyHonoured {

    /** {@code persistentVolumeClaim}. */
    public record Claim(
            @JsonPropertyDescription("What the guest sees; the size of the image if missing. May grow, never shrink.")
            Optional<Quantity> size,

            @JsonPropertyDescription("The storage class; the default one if missing.")
            Optional<String> storageClassName) {}

    public VirtualMachineDiskSpec {
        if (dataSource.isEmpty() && persistentVolumeClaim.flatMap(Claim::size).isEmpty()) {
            throw new IllegalArgumentException(
                    "a disk without dataSource is blank, and needs persistentVolumeClaim.size");
        }
    }

    /** What was asked for; empty for the size of the image. */
    public Optional<Quantity> size() {
        return persistentVolumeClaim.flatMap(Claim::size);
    }

    /** What was asked for; empty for the default one. */
    public Optional<String> storageClassName() {
        return persistentVolumeClaim.flatMap(Claim::storageClassName);
    }

    @Override
    public List<String> notHonoured() {
        return dataSource.map(DataSource::notHonoured).orElse(List.of());
    }
}
