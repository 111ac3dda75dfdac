package io.dvcr.converters.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Where QEMU's programs are, and whose rights they get.
 *
 * @param qemuImg an absolute path
 */
public record QemuTools(Path qemuImg, Account account) {
    public QemuTools {
        if (!qemuImg.isAbsolute()) {
            throw new IllegalArgumentException("not absolute: " + qemuImg);
        }
    }

    /**
     * Those on {@code searchPath}, to be run without privileges.
     *
     * @param searchPath directories separated by colons, as in the environment variable {@code PATH}
     * @throws IOException if one is not installed
     */
    public static QemuTools on(String searchPath) throws IOException {
        return new QemuTools(find("qemu-img", searchPath), Account.unprivileged());
    }

    private static Path find(String program, String searchPath) throws IOException {
        return Arrays.stream(searchPath.split(":", -1))
                .map(directory -> Path.of(directory, program))
                .filter(path -> path.isAbsolute() && Files.isExecutable(path))
                .findFirst()
                .orElseThrow(() -> new IOException(program + " is not installed on " + searchPath));
    }
}
