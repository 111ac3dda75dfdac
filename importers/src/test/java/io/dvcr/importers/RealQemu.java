package io.dvcr.importers;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.converters.qemu.Command;
import io.dvcr.converters.qemu.Limits;
import io.dvcr.converters.qemu.Outcome;
import io.dvcr.converters.qemu.QemuTools;
import io.dvcr.converters.qemu.Subprocess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The programs of QEMU that are installed here. */
public final class RealQemu {
    private static final Limits LIMITS =
            new Limits(Duration.ofSeconds(60), Duration.ofSeconds(60), 4L << 30, 1L << 30, 64 << 10);

    private RealQemu() {}

    public static QemuTools tools() throws IOException {
        return QemuTools.on(System.getenv("PATH"));
    }

    /** Runs a program and returns what it says. */
    public static String run(Object... words) throws IOException {
        List<String> command = Arrays.stream(words).map(Object::toString).toList();
        Outcome outcome = Subprocess.run(new Command(command), LIMITS);
        assertThat(outcome).as(String.join(" ", command)).isInstanceOf(Outcome.Succeeded.class);
        return ((Outcome.Succeeded) outcome).stdout();
    }

    /** Makes a qcow2 file {@code image} that holds {@code disk}. */
    public static Path qcow2(byte[] disk, Path image, String... options) throws IOException {
        Path raw = Files.write(image.resolveSibling(image.getFileName() + ".raw"), disk);
        List<Object> words = new ArrayList<>(List.of("qemu-img", "convert", "-f", "raw", "-O", "qcow2"));
        words.addAll(List.of(options));
        words.addAll(List.of(raw, image));
        run(words.toArray());
        Files.delete(raw);
        return image;
    }

    /** What QEMU reads in a qcow2 file. */
    public static byte[] raw(Path image) throws IOException {
        Path raw = image.resolveSibling(image.getFileName() + ".read");
        run("qemu-img", "convert", "-f", "qcow2", "-O", "raw", image, raw);
        byte[] bytes = Files.readAllBytes(raw);
        Files.delete(raw);
        return bytes;
    }
}
