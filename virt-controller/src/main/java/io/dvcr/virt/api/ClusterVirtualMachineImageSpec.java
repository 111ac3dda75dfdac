package io.dvcr.virt.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.dvcr.virt.api.DataSource.Type;

/** {@code spec} of a ClusterVirtualMachineImage. */
public record ClusterVirtualMachineImageSpec(
        @JsonPropertyDescription("Where the image comes from.")
        DataSource dataSource) {

    public ClusterVirtualMachineImageSpec {
        boolean isNamespaced =
                dataSource.type() == Type.VirtualMachineImage || dataSource.type() == Type.VirtualMachineDisk;
        if (isNamespaced
                && dataSource
                        .virtualMachineImage()
                        .or(dataSource::virtualMachineDisk)
                        .flatMap(DataSource.ObjectName::namespace)
                        .isEmpty()) {
            throw new IllegalArgumentException(
                    "a ClusterVirtualMachineImage has no namespace of its own: say that of the " + dataSource.type());
        }
    }
}
