package io.dvcr.virt.libvirt;

import java.nio.file.Path;
import java.util.function.Function;

/**
 * What a definition depends on besides the machine.
 *
 * @param caching how a volume is read and written
 */
record HostTraits(Networking networking, CpuWeights weights, Function<Path, DiskCaching> caching) {}
