package io.dvcr.virt.libvirt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * What a machine weighs when guests want more processor time than there is: so much for each core that it has for sure.
 * The kernel's two kinds of control groups count differently; a user's own libvirt has none.
 */
enum CpuWeights {
    NONE(0, 0, 0),
    CGROUP_1(1024, 2, 262_144),
    CGROUP_2(100, 1, 10_000);

    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

    private final int ofCore;
    private final int least;
    private final int most;

    CpuWeights(int ofCore, int least, int most) {
        this.ofCore = ofCore;
        this.least = least;
        this.most = most;
    }

    /** Those that the libvirt at {@code uri} can give. */
    static CpuWeights of(String uri) {
        if (!uri.contains("/system")) {
            return NONE;
        }
        Path controllers = CGROUPS.resolve("cgroup.controllers");
        try {
            if (Files.exists(controllers)) {
                return List.of(Files.readString(controllers).strip().split(" ", -1))
                                .contains("cpu")
                        ? CGROUP_2
                        : NONE;
            }
        } catch (IOException _) {
            return NONE;
        }
        return Files.isDirectory(CGROUPS.resolve("cpu")) ? CGROUP_1 : NONE;
    }

    /** @param coreFraction in percent */
    OptionalInt of(int cores, int coreFraction) {
        return this == NONE
                ? OptionalInt.empty()
                : OptionalInt.of(Math.clamp((long) ofCore * cores * coreFraction / 100, least, most));
    }
}
