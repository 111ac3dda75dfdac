package io.dvcr.converters.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SparseFileTest {
    @TempDir
    private Path directory = Path.of("");

    private final MemoryBlobs blobs = new MemoryBlobs();

    @Test
    void a_disk_becomes_a_file_with_its_content() throws IOException {
        byte[] content = Disks.random(new Random(1), 3_000_001);
        Path path = directory.resolve("disk.img");
        List<Long> progress = new ArrayList<>();
        WrittenDisk written = Disks.write(content, blobs);

        try (SparseFile file = new SparseFile(path, progress::add)) {
            Disks.open(written, blobs).copyTo(file, 0, content.length);
            file.finish();
        }

        assertThat(Files.readAllBytes(path)).isEqualTo(content);
        assertThat(progress).isSorted().endsWith(written.usedSize());
    }

    @Test
    void holes_take_no_space_and_the_last_one_counts() throws IOException {
        Path path = directory.resolve("disk.img");
        try (SparseFile file = new SparseFile(path, _ -> {})) {
            file.zeros(1L << 32);
            file.data(ByteBuffer.wrap(new byte[] {1}));
            file.zeros((1L << 40) - (1L << 32) - 1);
            file.finish();
        }
        assertThat(Files.size(path)).isEqualTo(1L << 40);
    }

    @Test
    void a_file_that_is_not_finished_goes_away() throws IOException {
        Path path = directory.resolve("disk.img");
        try (SparseFile file = new SparseFile(path, _ -> {})) {
            file.data(ByteBuffer.wrap(new byte[] {1}));
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void a_file_that_is_there_is_left_alone() throws IOException {
        Path path = Files.writeString(directory.resolve("disk.img"), "mine");
        assertThatThrownBy(() -> new SparseFile(path, _ -> {})).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(path).hasContent("mine");
    }
}
