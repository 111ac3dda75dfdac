package io.dvcr.importers.job;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.converters.DiskSink;
import io.dvcr.converters.format.ImageException;
import io.dvcr.converters.format.ImageInspector;
import io.dvcr.importers.scratch.PassingScratch;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Images whose tables are followed before all of them can be judged. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class HostileTablesTest {
    private static final long LIMIT = 1L << 44;
    private static final int CLUSTER = 1 << 16;

    @TempDir
    private Path scratch;

    private long dataBytes;

    static Stream<byte[]> endless() {
        return Stream.of(endlessQcow2(), endlessVdi());
    }

    @ParameterizedTest
    @MethodSource("endless")
    void a_small_file_that_claims_to_be_terabytes_of_data_is_refused_long_before_it_was_read_so_often(byte[] file) {
        assertThatThrownBy(() -> pass(file))
                .isInstanceOfSatisfying(
                        ImageException.class, e -> assertThat(e.error().code()).isEqualTo("IMAGE_BYTES_SHARED"));
        assertThat(dataBytes).isLessThan(512 << 20);
        assertThat(scratch).isEmptyDirectory();
    }

    /** 8 TiB of data in a qcow2 of 512 KiB: each L1 entry names the same L2 table, each of its entries the same cluster. */
    private static byte[] endlessQcow2() {
        int tables = 1 << 14;
        ByteBuffer file = ByteBuffer.allocate(8 * CLUSTER);
        file.put(0, "QFI\u00fb".getBytes(ISO_8859_1))
                .putInt(4, 2)
                .putInt(20, 16)
                .putLong(24, (long) tables << 29)
                .putInt(36, tables)
                .putLong(40, 3L * CLUSTER)
                .putLong(48, CLUSTER)
                .putInt(56, 1);
        for (int i = 0; i < tables; i++) {
            file.putLong(3 * CLUSTER + 8 * i, 6L * CLUSTER);
        }
        for (int i = 0; i < CLUSTER / Long.BYTES; i++) {
            file.putLong(6 * CLUSTER + 8 * i, 7L * CLUSTER);
        }
        file.put(7 * CLUSTER, (byte) 1);
        return file.array();
    }

    /** 1 TiB of data in a vdi of 6 MiB: each entry of its map names the same block. */
    private static byte[] endlessVdi() {
        int blocks = 1 << 20;
        int map = 512;
        int data = map + blocks * Integer.BYTES; // and each entry is 0, as it is to be
        ByteBuffer file = ByteBuffer.allocate(data + (1 << 20)).order(ByteOrder.LITTLE_ENDIAN);
        file.put(0, "<<< Oracle VM VirtualBox Disk Image >>>\n".getBytes(ISO_8859_1))
                .putInt(64, 0xbeda107f)
                .putInt(68, 0x00010001)
                .putInt(76, 1)
                .putInt(340, map)
                .putInt(344, data)
                .putInt(360, 512)
                .putLong(368, (long) blocks << 20)
                .putInt(376, 1 << 20)
                .putInt(384, blocks);
        return file.put(data, (byte) 1).array();
    }

    private void pass(byte[] file) throws IOException {
        ImageInspector inspector = new ImageInspector(LIMIT);
        InputStream drip = new SequenceInputStream(new ByteArrayInputStream(file), new Drip());
        try (InspectedFile source = new InspectedFile(drip, inspector)) {
            DiskPass.run(
                    source,
                    OptionalLong.empty(),
                    Optional.empty(),
                    inspector,
                    new Counter(),
                    new ProgressMeter(),
                    new PassingScratch(scratch));
        }
    }

    /** Keeps a file from ending, and so from being judged. */
    private static final class Drip extends InputStream {
        @Override
        public int read() {
            return 0;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                throw (IOException) new InterruptedIOException().initCause(e);
            }
            int some = Math.min(
                    length, 8192); // what has come by the time of the refusal counts little, however slow all is
            Arrays.fill(target, offset, offset + some, (byte) 0);
            return some;
        }
    }

    private final class Counter implements DiskSink {
        @Override
        public void data(ByteBuffer bytes) {
            dataBytes += bytes.remaining();
            bytes.position(bytes.limit());
        }

        @Override
        public void zeros(long length) {
            // holes cost nothing
        }
    }
}
