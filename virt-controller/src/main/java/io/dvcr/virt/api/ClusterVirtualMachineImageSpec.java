package io.dvcr.virt.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.dvcr.virt.resource.PartlyHonoured;
import java.util.List;

/** {@code spec} of a ClusterVirtualMachineImage. */
public record ClusterVirtualMachineImageSpec(
        @JsonPropertyDescription("Where the image comes from.")
        DataSource dataSource) implements PartlyHonoured {

    public ClusterVirtualMachineImageSpec {
        boolean isNamespaced = dataSource.type() == DataSource.Type.VirtualMachineImage
                || dataSource.type() == DataSource.Type.VirtualMachineDisk;
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

    @Override
    public List<String> notHonoured() {
        return dataSource.notHonoured();
    }
}
