package io.dvcr.importers.unpack;

import static io.dvcr.importers.unpack.UnpackTests.random;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.importers.RealQemu;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sparse files as a real GNU tar stores them. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class SparseTarIT {
    private static final int DISK_BYTES = 64 << 20;
    private static final UnpackLimits LIMITS = new UnpackLimits(DISK_BYTES, Duration.ofMinutes(1), new UnpackRoom());

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "--format=gnu, 3, true",
        "--format=gnu, 300, false",
        "--format=gnu --sparse-version=1.0, 40, true",
        "--format=posix --sparse-version=0.0, 3, true",
        "--format=posix --sparse-version=0.0, 300, false",
        "--format=posix --sparse-version=0.1, 3, false",
        "--format=posix --sparse-version=0.1, 300, true",
        "--format=posix --sparse-version=1.0, 3, true",
        "--format=posix --sparse-version=1.0, 300, false",
        "--format=posix, 0, false"
    })
    void what_a_sparse_file_was_comes_out_of_a_tar(String options, int stretches, boolean endsInHole)
            throws IOException {
        Path disk = disk(stretches, endsInHole);
        List<Object> words = new ArrayList<>(List.of("tar", "-C", directory, "-S"));
        words.addAll(List.of(options.split(" ", -1)));
        Path tar = directory.resolve("disk.tar");
        words.addAll(List.of("-cf", tar, disk.getFileName()));
        RealQemu.run(words.toArray());
        assertThat(Files.size(tar)).as("it is sparse").isLessThan(DISK_BYTES / 4);
        byte[] unpacked = UnpackTests.read(Files.readAllBytes(tar), LIMITS);
        assertThat(Arrays.equals(unpacked, Files.readAllBytes(disk))).isTrue();
    }

    /** A sparse file with so many stretches of data. */
    private Path disk(int stretches, boolean endsInHole) throws IOException {
        Path disk = directory.resolve("a disk.raw");
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.setLength(DISK_BYTES);
            for (int i = 0; i < stretches; i++) {
                file.seek((long) DISK_BYTES / stretches * i + 8192);
                file.write(random(1 + 4096 * (i % 9)));
            }
            if (!endsInHole) {
                file.seek(DISK_BYTES - 4096);
                file.write(random(4096));
            }
        }
        return disk;
    }
}
