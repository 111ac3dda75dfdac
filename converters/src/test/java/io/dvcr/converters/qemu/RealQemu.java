package io.dvcr.converters.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The programs of QEMU that are installed here, for tests. */
public final class RealQemu {
    public static final Limits LIMITS =
            new Limits(Duration.ofSeconds(60), Duration.ofSeconds(60), 4L << 30, 1L << 30, 64 << 10);

    private RealQemu() {}

    public static QemuTools tools() throws IOException {
        return QemuTools.on(System.getenv("PATH"));
    }

    /** Runs a program with the rights of this JVM and returns what it says. */
    public static String run(Object... words) throws IOException {
        List<String> command = Arrays.stream(words).map(Object::toString).toList();
        Outcome outcome = Subprocess.run(new Command(command), LIMITS);
        assertThat(outcome).as(String.join(" ", command)).isInstanceOf(Outcome.Succeeded.class);
        return ((Outcome.Succeeded) outcome).stdout();
    }

    /** What QEMU reads in an image. */
    static byte[] raw(Path image, Path scratch) throws IOException {
        return raw("qcow2", image, scratch);
    }

    /** What QEMU's {@code driver} reads in an image. */
    public static byte[] raw(String driver, Path image, Path scratch) throws IOException {
        run("qemu-img", "convert", "-f", driver, "-O", "raw", image, scratch);
        byte[] bytes = Files.readAllBytes(scratch);
        Files.delete(scratch);
        return bytes;
    }

    /** The programs of QEMU that this JVM has started and that are still there. */
    static Stream<ProcessHandle> children() {
        return ProcessHandle.current()
                .children()
                .filter(child -> child.info().commandLine().orElse("").contains("qemu-"));
    }
}
