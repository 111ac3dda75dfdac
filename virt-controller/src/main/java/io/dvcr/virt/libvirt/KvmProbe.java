package io.dvcr.virt.libvirt;

import io.dvcr.virt.runtime.KvmSupport;
import io.dvcr.virt.runtime.KvmSupport.Unusable;
import io.dvcr.virt.runtime.KvmSupport.Usable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Looks whether guests can run on KVM on this machine: the processor's flags have {@code vmx} or {@code svm}, and
 * {@code /dev/kvm} can be opened. The device alone says nothing: it is there, and useless, in many virtual machines and
 * containers. Thread-safe.
 */
public final class KvmProbe {
    private static final List<String> FLAGS = List.of("vmx", "svm");

    private final Optional<String> processorFault;
    private final Path device;

    public KvmProbe() {
        this(Path.of("/proc/cpuinfo"), Path.of("/dev/kvm"));
    }

    KvmProbe(Path cpuinfo, Path device) {
        this.processorFault = processorFault(cpuinfo);
        this.device = device;
    }

    /** Looks now at what may change; cheap. */
    public KvmSupport probe() {
        return processorFault
                .or(this::deviceFault)
                .<KvmSupport>map(Unusable::new)
                .orElseGet(Usable::new);
    }

    /** The processors are alike, so the first one's flags are enough. */
    private static Optional<String> processorFault(Path cpuinfo) {
        try {
            boolean hasFlag = Files.readAllLines(cpuinfo).stream()
                    .filter(line -> line.startsWith("flags"))
                    .findFirst()
                    .map(line -> Arrays.stream(line.split("\\s+")).anyMatch(FLAGS::contains))
                    .orElse(false);
            return hasFlag
                    ? Optional.empty()
                    : Optional.of("KVM cannot be used: the processor's flags have neither vmx nor svm");
        } catch (IOException e) {
            return Optional.of("KVM cannot be used: " + cpuinfo + " cannot be read: " + e.getMessage());
        }
    }

    private Optional<String> deviceFault() {
        try (FileChannel _ = FileChannel.open(device, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return Optional.empty();
        } catch (NoSuchFileException _) {
            return Optional.of("KVM cannot be used: there is no " + device);
        } catch (IOException e) {
            return Optional.of("KVM cannot be used: " + device + " cannot be opened: " + e.getMessage());
        }
    }
}
