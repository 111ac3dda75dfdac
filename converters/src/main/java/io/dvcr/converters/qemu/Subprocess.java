package io.dvcr.converters.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs programs under {@link Limits}: with {@code prlimit}, an argument list, an empty environment and both output
 * streams drained. Linux only.
 */
public final class Subprocess {
    private Subprocess() {}

    /** Runs a command to its end. Its descendants end with it. */
    public static Outcome run(Command command, Limits limits) throws IOException {
        try (RunningProcess process = start(command, limits)) {
            return process.await();
        }
    }

    /** Starts a command that goes on until it is closed or has reached a limit. */
    public static RunningProcess start(Command command, Limits limits) throws IOException {
        if (!Files.isReadable(command.input())) {
            throw new IOException("cannot read " + command.input());
        }
        ProcessBuilder builder = new ProcessBuilder(limited(command, limits));
        builder.environment().clear();
        builder.redirectInput(command.input().toFile());
        return new RunningProcess(builder.start(), limits);
    }

    private static List<String> limited(Command command, Limits limits) {
        long cpuSeconds = limits.cpu().plusSeconds(1).minusNanos(1).toSeconds();
        List<String> words = new ArrayList<>(List.of(
                "prlimit",
                "--as=" + limits.addressSpaceBytes(),
                "--cpu=" + cpuSeconds,
                "--fsize=" + limits.fileSizeBytes(),
                "--core=0",
                "--"));
        words.addAll(command.account().prefix());
        words.addAll(command.words());
        return words;
    }
}
