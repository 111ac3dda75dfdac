package io.dvcr.converters.qemu;

import java.util.List;

/** A format that disks are converted to. */
public enum OutputFormat {
    QCOW2("-O", "qcow2"),
    /** Compressed with zlib: for every program that reads qcow2. */
    QCOW2_ZLIB("-O", "qcow2", "-c"),
    /** Compressed with zstd: smaller and faster, for QEMU 5.1 and later. */
    QCOW2_ZSTD("-O", "qcow2", "-c", "-o", "compression_type=zstd");

    @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
    private final List<String> arguments;

    OutputFormat(String... arguments) {
        this.arguments = List.of(arguments);
    }

    /** What tells {@code qemu-img convert} to make it. */
    List<String> arguments() {
        return arguments;
    }
}
