package io.dvcr.converters;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.SPARSE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RawDiskTest {
    private static final int MIB = 1 << 20;

    @TempDir
    Path directory;

    /** 64 MiB, of which the first MiB and one in the middle are data. */
    private Path sparse() throws IOException {
        Path file = directory.resolve("sparse.raw");
        byte[] data = new byte[MIB];
        Arrays.fill(data, (byte) 7);
        try (FileChannel channel = FileChannel.open(file, CREATE_NEW, WRITE, SPARSE)) {
            channel.write(ByteBuffer.wrap(data), 0);
            channel.write(ByteBuffer.wrap(data), 32 * MIB);
            channel.write(ByteBuffer.wrap(new byte[1]), 64 * MIB - 1);
        }
        return file;
    }

    @Test
    void the_holes_of_a_file_are_not_read() throws IOException {
        try (RawDisk disk = RawDisk.open(sparse())) {
            assertThat(disk.runAt(0).data()).isTrue();
            assertThat(disk.runAt(16 * MIB).data()).isFalse();
            assertThat(disk.runAt(16 * MIB).end()).isEqualTo(32 * MIB);
            assertThat(disk.runAt(33 * MIB).data()).isFalse();
        }
    }

    @Test
    void a_sparse_file_is_copied_as_it_is() throws IOException {
        Path file = sparse();
        CollectingSink sink = new CollectingSink();
        try (RawDisk disk = RawDisk.open(file)) {
            DiskCopy.copy(disk, sink);
        }
        assertThat(sink.bytes()).isEqualTo(Files.readAllBytes(file));
    }

    @Test
    void a_file_of_holes_alone_is_one_hole() throws IOException {
        Path file = directory.resolve("empty.raw");
        try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw")) {
            opened.setLength(5 * MIB);
        }
        try (RawDisk disk = RawDisk.open(file)) {
            assertThat(disk.runAt(0)).isEqualTo(new RandomAccessDisk.Run(0, 5 * MIB, false));
        }
    }

    @Test
    void what_a_file_has_lost_is_no_hole() throws IOException {
        Path file = sparse();
        try (RawDisk disk = RawDisk.open(file);
                RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw")) {
            opened.setLength(MIB);

            assertThatThrownBy(() -> disk.runAt(2 * MIB)).isInstanceOf(EOFException.class);
        }
    }
}
