package io.dvcr.virt.provisioning;

import io.dvcr.converters.qemu.Command;
import io.dvcr.converters.qemu.Limits;
import io.dvcr.converters.qemu.Outcome;
import io.dvcr.converters.qemu.Subprocess;
import io.dvcr.virt.runtime.ProvisioningDiscs;
import io.dvcr.virt.store.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Discs in ISO 9660, with the names of Rock Ridge for Linux and of Joliet for Windows, made by xorriso. The same content
 * makes the same disc, byte for byte. What is on them is secret: it passes through files of their owner alone, beside the
 * disc, and never through an argument or a log. Thread-safe, for different targets.
 *
 * @param xorriso an absolute path
 */
public record IsoDiscs(Path xorriso) implements ProvisioningDiscs {
    private static final Limits LIMITS =
            new Limits(Duration.ofMinutes(1), Duration.ofSeconds(30), 2L << 30, 64L << 20, 4 << 10);

    /** No disc is older than another: what differs is told by its content alone. */
    private static final String EPOCH = "2024010100000000";

    private static final Instant EPOCH_INSTANT = Instant.parse("2024-01-01T00:00:00Z");

    private static final FileAttribute<?> OWNER_ONLY_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<?> OWNER_ONLY_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    public IsoDiscs {
        if (!xorriso.isAbsolute()) {
            throw new IllegalArgumentException("not absolute: " + xorriso);
        }
    }

    @Override
    public void make(Path target, Disc disc) throws IOException {
        Path making = target.resolveSibling("." + target.getFileName() + ".making");
        DurableFiles.deleteTree(making);
        Files.createDirectory(making, OWNER_ONLY_DIRECTORY);
        try {
            Path files = Files.createDirectory(making.resolve("files"), OWNER_ONLY_DIRECTORY);
            for (Map.Entry<String, byte[]> file : disc.files().entrySet()) {
                write(files, file.getKey(), file.getValue());
            }
            Files.setLastModifiedTime(files, FileTime.from(EPOCH_INSTANT));
            Path iso = Files.createFile(making.resolve("disc.iso"), OWNER_ONLY_FILE);
            burn(disc.label(), files, iso);
            Files.setPosixFilePermissions(iso, PosixFilePermissions.fromString("r--------"));
            DurableFiles.force(iso);
            DurableFiles.move(iso, target);
        } finally {
            DurableFiles.deleteTree(making);
        }
    }

    private static void write(Path directory, String name, byte[] content) throws IOException {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
            throw new IllegalArgumentException("not the name of a file on a disc: " + name);
        }
        Path file = Files.createFile(directory.resolve(name), OWNER_ONLY_FILE);
        Files.write(file, content);
        Files.setLastModifiedTime(file, FileTime.from(EPOCH_INSTANT));
    }

    private void burn(String label, Path files, Path iso) throws IOException {
        Command command = new Command(List.of(
                xorriso.toString(),
                "-no_rc",
                "-as",
                "mkisofs",
                "-quiet",
                "-V",
                label,
                "-J",
                "-r",
                "--modification-date=" + EPOCH,
                "--set_all_file_dates",
                EPOCH,
                "-o",
                iso.toString(),
                files.toString()));
        Outcome outcome = Subprocess.run(command, LIMITS);
        if (!(outcome instanceof Outcome.Succeeded)) {
            throw new IOException("xorriso cannot make the disc " + label + ": " + outcome);
        }
    }
}
