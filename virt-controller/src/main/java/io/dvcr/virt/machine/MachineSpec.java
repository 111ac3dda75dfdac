package io.dvcr.virt.machine;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;

/**
 * What is asked for. Every instance is valid.
 *
 * @param image the image that the volume is made of, such as {@code vms/debian:12} or {@code vms/debian@sha256:…}
 * @param cpus virtual processors, 1 to {@value #MAX_CPUS}
 * @param memoryBytes the guest's memory, at least {@value #MIN_MEMORY_BYTES}
 */
public record MachineSpec(
        MachineName name,
        String image,
        int cpus,
        long memoryBytes,
        AcceleratorRequest accelerator,
        DesiredState desired) {
    /** More need an IOMMU in the guest. */
    public static final int MAX_CPUS = 255;

    /** Firmware and boot loader do not start with less. */
    public static final long MIN_MEMORY_BYTES = 32L << 20;

    public MachineSpec {
        if (!image.equals(normalised(image)) || !cpusFit(cpus) || memoryBytes < MIN_MEMORY_BYTES) {
            throw new IllegalArgumentException("image " + image + ", " + cpus + " cpus, " + memoryBytes + " bytes");
        }
    }

    /**
     * A machine that is to run.
     *
     * @param image a reference without a tag means the tag {@code latest}
     * @throws RegistryException with {@link RequestInvalid}, or what is wrong with the reference, if a client's values
     *     are not valid
     */
    public static MachineSpec parse(
            String name, String image, int cpus, long memoryBytes, AcceleratorRequest accelerator) {
        MachineName parsedName = MachineName.parse(name);
        String parsedImage = normalised(image);
        if (!cpusFit(cpus)) {
            throw new RegistryException(new RequestInvalid("cpus is " + cpus + ", expected 1 to " + MAX_CPUS));
        }
        if (memoryBytes < MIN_MEMORY_BYTES) {
            throw new RegistryException(
                    new RequestInvalid("memory is " + memoryBytes + " bytes, expected at least " + MIN_MEMORY_BYTES));
        }
        return new MachineSpec(parsedName, parsedImage, cpus, memoryBytes, accelerator, DesiredState.RUNNING);
    }

    public MachineSpec withDesired(DesiredState newDesired) {
        return new MachineSpec(name, image, cpus, memoryBytes, accelerator, newDesired);
    }

    private static boolean cpusFit(int cpus) {
        return cpus >= 1 && cpus <= MAX_CPUS;
    }

    private static String normalised(String image) {
        int at = image.indexOf('@');
        if (at >= 0) {
            return RepositoryName.parse(image.substring(0, at)) + "@" + Digest.parse(image.substring(at + 1));
        }
        int colon = image.indexOf(':');
        if (colon < 0) {
            return RepositoryName.parse(image) + ":latest";
        }
        return RepositoryName.parse(image.substring(0, colon)) + ":" + Tag.parse(image.substring(colon + 1));
    }
}
