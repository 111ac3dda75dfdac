package io.dvcr.converters.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Runs programs under {@link Limits}: with {@code prlimit}, an argument list, an empty environment and both output
 * streams drained. They die with this process, however that ends. Linux only.
 */
public final class Subprocess {
    private static final List<String> DYING_WITH_THIS = List.of("setpriv", "--pdeathsig=KILL", "--");

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
        return new RunningProcess(startForAsLongAsThisLives(builder), limits);
    }

    /**
     * Has the kernel kill the process if this one is killed. It does so when the thread ends that started it, so that is
     * one which waits for its end.
     */
    private static Process startForAsLongAsThisLives(ProcessBuilder builder) throws IOException {
        CompletableFuture<Process> started = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("parent").start(() -> {
            try {
                Process process = builder.start();
                started.complete(process);
                process.onExit().join();
            } catch (IOException | RuntimeException e) {
                started.completeExceptionally(e);
            }
        });
        try {
            return started.join(); // though this thread be interrupted: somebody has to have the process
        } catch (CompletionException e) {
            throw new IOException("cannot run " + builder.command().getFirst(), e.getCause());
        }
    }

    private static List<String> limited(Command command, Limits limits) {
        long cpuSeconds = limits.cpu().plusSeconds(1).minusNanos(1).toSeconds();
        List<String> words = new ArrayList<>(DYING_WITH_THIS);
        words.addAll(List.of(
                "prlimit",
                "--as=" + limits.addressSpaceBytes(),
                "--cpu=" + cpuSeconds,
                "--fsize=" + limits.fileSizeBytes(),
                "--core=0",
                "--"));
        words.addAll(command.account().prefix());
        words.addAll(DYING_WITH_THIS); // again, for who becomes another account is not told any more: prctl(2)
        words.addAll(command.words());
        return words;
    }
}
