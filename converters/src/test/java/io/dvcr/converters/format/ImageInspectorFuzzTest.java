package io.dvcr.converters.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ImageInspectorFuzzTest {
    private static final long LIMIT = 1L << 40; // as in ImageInspectorTest
    private static final long[] TELLING = {
        0, 1, 7, 8, 104, 511, 512, 65535, 65536, 1L << 31, -1, Long.MIN_VALUE, Long.MAX_VALUE, 0xffffffffL, 1L << 56
    };

    @TempDir
    Path directory;

    static LongStream seeds() {
        long first = Long.getLong("dvcr.seed", new Random().nextInt(1 << 20));
        System.out.println("ImageInspectorFuzzTest: -Ddvcr.seed=" + first);
        return LongStream.range(first, first + 4);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whatever_the_bytes_are_an_image_is_taken_or_refused(long seed) throws IOException {
        Random random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < 1500; i++) {
            byte[] image = spoilt(random);
            boolean stream = taken(() -> ImageInspectorTest.inspect(image));
            boolean pieces = taken(() -> inPieces(image, random));
            boolean file = taken(() -> inspectFile(image));
            assertThat(pieces).isEqualTo(stream);
            assertThat(stream || !file)
                    .as("a file taken and its stream refused")
                    .isTrue();
            refused += file ? 0 : 1;
        }
        assertThat(refused).isBetween(100, 1499);
    }

    private static byte[] spoilt(Random random) {
        Qcow2Bytes image = random.nextBoolean() ? Qcow2Bytes.version2() : Qcow2Bytes.version3();
        for (int i = random.nextInt(4); i >= 0; i--) {
            long value = random.nextBoolean() ? TELLING[random.nextInt(TELLING.length)] : random.nextLong();
            switch (random.nextInt(6)) {
                case 0 -> image.int8(random.nextInt(130), (int) value);
                case 1 -> image.int32(4 * random.nextInt(33), (int) value);
                case 2 -> image.int64(8 * random.nextInt(16), value);
                case 3 -> image.int64(Qcow2Bytes.L1 + 8 * random.nextInt(3), value);
                case 4 -> image.int64(Qcow2Bytes.L2 + 8 * random.nextInt(16), value);
                default -> image.int8(random.nextInt(Qcow2Bytes.DATA), (int) value);
            }
        }
        return (random.nextInt(5) == 0 ? image.cutTo(random.nextInt(Qcow2Bytes.DATA)) : image).toBytes();
    }

    private static ImageInfo inPieces(byte[] image, Random random) {
        ImageInspector inspector = new ImageInspector(LIMIT);
        for (int start = 0; start < image.length; ) {
            int bytes = Math.min(image.length - start, 1 + random.nextInt(70_000));
            inspector.feed(ByteBuffer.wrap(image, start, bytes));
            start += bytes;
        }
        return inspector.finish();
    }

    private ImageInfo inspectFile(byte[] image) throws IOException {
        return ImageInspector.inspect(Files.write(directory.resolve("image"), image), LIMIT);
    }

    /** Anything but an image exception goes on and fails the test. */
    private static boolean taken(Inspection inspection) throws IOException {
        try {
            assertThat(inspection.run().virtualSizeBytes()).isBetween(1L, LIMIT);
            return true;
        } catch (ImageException e) {
            assertThat(e.error().code()).matches("(IMAGE|QCOW2)_[A-Z0-9_]+");
            assertThat(e.error().message()).isNotBlank();
            return false;
        }
    }

    private interface Inspection {
        ImageInfo run() throws IOException;
    }
}
