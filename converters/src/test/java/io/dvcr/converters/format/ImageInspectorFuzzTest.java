package io.dvcr.converters.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
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
        for (int i = 0; i < 400; i++) {
            byte[] image = spoilt(SOUND.get(i % SOUND.size()), random);
            boolean stream = taken(() -> ImageInspectorTest.inspect(image));
            boolean pieces = taken(() -> inPieces(image, random));
            boolean file = taken(() -> inspectFile(image));
            assertThat(pieces).isEqualTo(stream);
            assertThat(stream || !file)
                    .as("a file taken and its stream refused")
                    .isTrue();
            refused += file ? 0 : 1;
        }
        assertThat(refused).isBetween(50, 399);
    }

    /** A valid image, and where the bytes are that say something. */
    private record Sound(Supplier<ImageBytes> image, List<Integer> places) {
        Sound(Supplier<ImageBytes> image, Integer... places) {
            this(image, List.of(places));
        }
    }

    private static final List<Sound> SOUND = List.of(
            new Sound(Qcow2Bytes::version2, 0, 36, 72, Qcow2Bytes.L1, Qcow2Bytes.L2),
            new Sound(Qcow2Bytes::version3, 0, 36, 72, 104, Qcow2Bytes.L1, Qcow2Bytes.L2),
            new Sound(VmdkBytes::sparse, 0, 12, 36, 64, 512, 600, 700, 21 * 512, 26 * 512, 27 * 512, 28 * 512),
            new Sound(
                    VmdkBytes::stream,
                    0,
                    12,
                    36,
                    64,
                    600,
                    VmdkBytes.OVERHEAD * 512,
                    VmdkBytes.STREAM_TABLE * 512,
                    VmdkBytes.STREAM_DIRECTORY * 512,
                    VmdkBytes.FOOTER * 512 - 512,
                    VmdkBytes.FOOTER * 512,
                    VmdkBytes.FOOTER * 512 + 40,
                    VmdkBytes.FOOTER * 512 + 512),
            new Sound(VdiBytes::dynamic, 64, 340, 368, 384, 424, VdiBytes.MAP),
            new Sound(VhdBytes::dynamic, 0, 16, 40, 60, 512, 528, 550, VhdBytes.TABLE, VhdBytes.FOOTER),
            new Sound(VhdBytes::fixed, VhdBytes.SIZE, VhdBytes.SIZE + 40, VhdBytes.SIZE + 60),
            new Sound(
                    VhdxBytes::image,
                    0,
                    VhdxBytes.HEADER,
                    VhdxBytes.SECOND_HEADER,
                    VhdxBytes.SECOND_HEADER + 48,
                    VhdxBytes.REGIONS,
                    VhdxBytes.REGIONS + 32,
                    VhdxBytes.REGIONS + 64,
                    VhdxBytes.METADATA,
                    VhdxBytes.METADATA + 48,
                    VhdxBytes.ITEMS,
                    VhdxBytes.ITEMS + 32,
                    VhdxBytes.ITEMS + 96,
                    VhdxBytes.TABLE,
                    VhdxBytes.TABLE + 16));

    private static byte[] spoilt(Sound sound, Random random) {
        ImageBytes image = sound.image().get();
        for (int i = random.nextInt(4); i >= 0; i--) {
            int place = sound.places().get(random.nextInt(sound.places().size())) + random.nextInt(32);
            long value = random.nextBoolean() ? TELLING[random.nextInt(TELLING.length)] : random.nextLong();
            switch (random.nextInt(4)) {
                case 0 -> image.int8(place, (int) value);
                case 1 -> image.int32(place / 4 * 4, (int) value);
                case 2 -> image.int64(place / 8 * 8, value);
                default -> image.int64(place / 8 * 8, random.nextInt(8 << 20));
            }
        }
        if (random.nextInt(4) > 0) {
            image.sealed();
        }
        return (random.nextInt(5) == 0 ? image.cutTo(random.nextInt(image.length())) : image).toBytes();
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
            assertThat(e.error().code()).matches("(IMAGE|QCOW2|VMDK|VDI|VHD|VHDX)_[A-Z0-9_]+");
            assertThat(e.error().message()).isNotBlank();
            return false;
        }
    }

    private interface Inspection {
        ImageInfo run() throws IOException;
    }
}
