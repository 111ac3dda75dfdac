package io.dvcr.converters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DiskCopyTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 4096, 1_000_001, 50 << 20})
    void a_sink_gets_the_whole_disk_in_order_and_holes_as_holes(int size) throws IOException {
        MemoryDisk disk = MemoryDisk.random(size, 3);
        CollectingSink sink = new CollectingSink();
        DiskCopy.copy(disk, sink);
        assertThat(sink.bytes()).isEqualTo(disk.bytes());
        assertThat(sink.zeroBytes()).isEqualTo(holes(disk));
    }

    /** The sink takes nothing before the disk has been asked for more; were one done after the other, it would wait for ever. */
    @Test
    void the_next_pieces_are_read_while_the_sink_works() throws IOException {
        byte[] data = new byte[16 << 20];
        Arrays.fill(data, (byte) 1);
        CountDownLatch asked = new CountDownLatch(4);
        MemoryDisk disk = new MemoryDisk(data);
        disk.onRead(asked::countDown);
        CollectingSink collected = new CollectingSink();
        DiskCopy.copy(disk, new DiskSink() {
            @Override
            public void data(ByteBuffer bytes) throws IOException {
                try {
                    assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                collected.data(bytes);
            }

            @Override
            public void zeros(long lengthBytes) throws IOException {
                collected.zeros(lengthBytes);
            }
        });
        assertThat(collected.bytes()).isEqualTo(data);
    }

    @Test
    void a_disk_that_fails_fails_the_copy() {
        MemoryDisk disk = MemoryDisk.random(5 << 20, 3);
        disk.breakDown();
        assertThatThrownBy(() -> DiskCopy.copy(disk, new CollectingSink()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the disk is broken");
    }

    @Test
    void a_sink_that_fails_fails_the_copy() {
        DiskSink full = new DiskSink() {
            @Override
            public void data(ByteBuffer bytes) throws IOException {
                throw new IOException("no space");
            }

            @Override
            public void zeros(long lengthBytes) {}
        };
        assertThatThrownBy(() -> DiskCopy.copy(MemoryDisk.random(50 << 20, 3), full))
                .isInstanceOf(IOException.class)
                .hasMessage("no space");
    }

    private static long holes(MemoryDisk disk) {
        long holes = 0;
        for (long offset = 0; offset < disk.size(); offset = disk.runAt(offset).end()) {
            holes += disk.runAt(offset).data() ? 0 : disk.runAt(offset).length();
        }
        return holes;
    }
}
