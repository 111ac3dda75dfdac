package io.dvcr.converters.qemu;

import io.dvcr.converters.RandomAccessDisk;
import io.dvcr.converters.nbd.NbdServer;
import io.dvcr.converters.nbd.SocketDirectory;
import io.dvcr.converters.qemu.Account.Loan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Makes image files out of disks with {@code qemu-img}. Thread-safe. */
public final class QemuImg {
    /** For disks of up to some terabytes. */
    public static final Limits DEFAULT_LIMITS =
            new Limits(Duration.ofHours(12), Duration.ofHours(24), 4L << 30, 16L << 40, 64 << 10);

    private final QemuTools tools;
    private final Limits limits;

    public QemuImg(QemuTools tools, Limits limits) {
        this.tools = tools;
        this.limits = limits;
    }

    /**
     * Writes {@code disk} as an image file; holes stay holes. qemu-img reads the disk over NBD, so its raw bytes are
     * never stored. If that fails, no file is left.
     *
     * @param file created here, readable to its owner only; nothing may be there yet
     */
    public void convert(RandomAccessDisk disk, OutputFormat format, Path file) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Outcome outcome = run(disk, format, file);
            if (!(outcome instanceof Outcome.Succeeded)) {
                throw new IOException("qemu-img could not convert the disk to " + format + ": " + outcome);
            }
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    private Outcome run(RandomAccessDisk disk, OutputFormat format, Path file) throws IOException {
        Account account = tools.account();
        try (SocketDirectory directory = SocketDirectory.create();
                Loan _ = account.lend(directory.directory());
                NbdServer _ = NbdServer.listen(directory.socket(), disk);
                Loan _ = account.lend(directory.socket());
                Loan _ = account.lend(file)) {
            return Subprocess.run(new Command(words(format, directory.socket()), file, account), limits);
        }
    }

    private List<String> words(OutputFormat format, Path socket) {
        List<String> words = new ArrayList<>(List.of(tools.qemuImg().toString(), "convert", "-q", "-f", "raw"));
        words.addAll(format.arguments());
        words.add("nbd+unix:///?socket=" + socket);
        words.add(Command.INPUT);
        return words;
    }
}
