package io.dvcr.converters.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.converters.DiskCopy;
import io.dvcr.converters.DiskSink;
import io.dvcr.converters.RandomAccessDisk;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An image is read while it arrives, so its tables may say anything before they are judged as a whole. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class Qcow2DiskFuzzTest {
    private static final long LIMIT = 64L << 20;
    private static final int IMAGES = 300;

    @TempDir
    Path directory;

    static LongStream seeds() {
        long first = Long.getLong("dvcr.seed", new Random().nextInt(1 << 20));
        System.out.println("Qcow2DiskFuzzTest: -Ddvcr.seed=" + first);
        return LongStream.range(first, first + 2);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whatever_the_tables_say_the_disk_is_read_whole_or_refused(long seed) throws IOException {
        Random random = new Random(seed);
        int whole = 0;
        for (int i = 0; i < IMAGES; i++) {
            whole += isRead(spoilt(random)) ? 1 : 0;
        }
        assertThat(whole).isBetween(1, IMAGES - 1);
    }

    private static byte[] spoilt(Random random) {
        ImageBytes image = random.nextBoolean() ? Qcow2Bytes.version2() : Qcow2Bytes.version3();
        for (int i = random.nextInt(3); i >= 0; i--) {
            int table = random.nextInt(3) == 0 ? Qcow2Bytes.L1 : Qcow2Bytes.L2;
            int entry = table + 8 * random.nextInt(table == Qcow2Bytes.L1 ? 1 : 16);
            switch (random.nextInt(4)) {
                case 0 -> image.int64(entry, random.nextLong());
                case 1 -> image.int64(entry, 1L << 62 | random.nextInt(8) << 16 | random.nextLong(1L << 48) << 54);
                case 2 -> image.int64(entry, (long) random.nextInt(8) << 16);
                default -> image.int8(entry + random.nextInt(8), random.nextInt());
            }
        }
        return (random.nextInt(5) == 0 ? image.cutTo(Qcow2Bytes.CLUSTER + random.nextInt(image.length() >> 1)) : image)
                .toBytes();
    }

    /** Anything but a refusal or the end of the file goes on and fails the test. */
    private boolean isRead(byte[] image) throws IOException {
        ImageInspector inspector = new ImageInspector(LIMIT);
        inspector.feed(ByteBuffer.wrap(image, 0, ImageInspector.HEAD_BYTES));
        Path path = Files.write(directory.resolve("image"), image);
        Length length = new Length();
        try (FileChannel file = FileChannel.open(path);
                RandomAccessDisk disk = inspector.mapped().orElseThrow().open(FileContent.of(file))) {
            DiskCopy.copy(disk, length);
            assertThat(length.bytes).isEqualTo(Qcow2Bytes.VIRTUAL_SIZE);
            return true;
        } catch (ImageException | EOFException _) {
            return false;
        }
    }

    private static final class Length implements DiskSink {
        private long bytes;

        @Override
        public void data(ByteBuffer data) {
            bytes += data.remaining();
            data.position(data.limit());
        }

        @Override
        public void zeros(long lengthBytes) {
            bytes += lengthBytes;
        }
    }
}
