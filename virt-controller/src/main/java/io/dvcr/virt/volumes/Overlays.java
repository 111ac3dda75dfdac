package io.dvcr.virt.volumes;

import io.dvcr.converters.qemu.Account;
import io.dvcr.converters.qemu.Command;
import io.dvcr.converters.qemu.Limits;
import io.dvcr.converters.qemu.Outcome;
import io.dvcr.converters.qemu.Subprocess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes and grows qcow2 files over a raw one, with qemu-img. None of them is hostile: guests write within, never the
 * files themselves. Thread-safe.
 *
 * @param qemuImg an absolute path
 */
public record Overlays(Path qemuImg) {
    private static final Limits LIMITS =
            new Limits(Duration.ofMinutes(1), Duration.ofSeconds(30), 4L << 30, 1L << 40, 16 << 10);

    public Overlays {
        if (!qemuImg.isAbsolute()) {
            throw new IllegalArgumentException("not absolute: " + qemuImg);
        }
    }

    /**
     * Makes an overlay that finds its base relative to itself.
     *
     * @param overlay nothing is there
     */
    void create(Path overlay, Path base, long bytes) throws IOException {
        Files.createFile(overlay, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        String relative = overlay.resolveSibling("").relativize(base).toString();
        Outcome outcome = run(
                overlay,
                List.of(
                        "create",
                        "-q",
                        "-u",
                        "-f",
                        "qcow2",
                        "-F",
                        "raw",
                        "-b",
                        relative,
                        Command.INPUT,
                        Long.toString(bytes)));
        if (!(outcome instanceof Outcome.Succeeded)) {
            throw new IOException("qemu-img cannot make " + overlay + ": " + outcome);
        }
    }

    /** Makes an overlay larger, unless a machine has it open. */
    void growUnlessInUse(Path overlay, long bytes) throws IOException {
        Outcome outcome =
                run(overlay, List.of("resize", "-q", "-f", "qcow2", overlay.toString(), Long.toString(bytes)));
        boolean isInUse =
                outcome instanceof Outcome.Failed failed && failed.stderr().contains("lock");
        if (!(outcome instanceof Outcome.Succeeded) && !isInUse) {
            throw new IOException("qemu-img cannot grow " + overlay + ": " + outcome);
        }
    }

    private Outcome run(Path overlay, List<String> words) throws IOException {
        List<String> command = new ArrayList<>(List.of(qemuImg.toString()));
        command.addAll(words);
        return Subprocess.run(new Command(command, overlay, new Account.Own()), LIMITS);
    }
}
