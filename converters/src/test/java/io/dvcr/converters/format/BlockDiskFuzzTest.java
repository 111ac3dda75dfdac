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
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An image is read while it arrives, so its tables may say anything before they are judged as a whole. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class BlockDiskFuzzTest {
    private static final long LIMIT = 64L << 20;
    private static final int IMAGES = 300;

    @TempDir
    Path directory;

    /** A valid image, whether its data is compressed, and where the entries of its tables are. */
    private record Sound(Supplier<ImageBytes> image, boolean compressed, List<Integer> entries) {}

    private static final List<Sound> SOUND = List.of(
            new Sound(VmdkBytes::sparse, false, List.of(VmdkBytes.DIRECTORY * 512, VmdkBytes.TABLE * 512 + 8)),
            new Sound(
                    VmdkBytes::tablesFirst,
                    true,
                    List.of(
                            VmdkBytes.STREAM_DIRECTORY * 512,
                            VmdkBytes.STREAM_TABLE * 512,
                            VmdkBytes.OVERHEAD * 512,
                            VmdkBytes.OVERHEAD * 512 + 8,
                            VmdkBytes.OVERHEAD * 512 + 16)),
            new Sound(VdiBytes::dynamic, false, List.of(VdiBytes.MAP, VdiBytes.MAP + 8)),
            new Sound(VdiBytes::fixed, false, List.of(VdiBytes.MAP, VdiBytes.MAP + 8)),
            new Sound(VhdBytes::dynamic, false, List.of(VhdBytes.TABLE, VhdBytes.TABLE + 4)),
            new Sound(
                    VhdxBytes::image,
                    false,
                    List.of(VhdxBytes.TABLE, VhdxBytes.TABLE + 16, VhdxBytes.REGIONS + 32, VhdxBytes.ITEMS + 32)));

    static LongStream seeds() {
        long first = Long.getLong("dvcr.seed", new Random().nextInt(1 << 20));
        System.out.println("BlockDiskFuzzTest: -Ddvcr.seed=" + first);
        return LongStream.range(first, first + 2);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whatever_the_tables_say_a_disk_is_read_or_refused(long seed) throws IOException {
        Random random = new Random(seed);
        int whole = 0;
        for (int i = 0; i < IMAGES; i++) {
            Sound sound = SOUND.get(i % SOUND.size());
            byte[] image = spoilt(sound, random);
            boolean read = isRead(image);
            assertThat(read || sound.compressed() || !passes())
                    .as("image %d passes inspection and cannot be read", i)
                    .isTrue();
            whole += read ? 1 : 0;
        }
        assertThat(whole).isBetween(1, IMAGES - 1);
    }

    private static byte[] spoilt(Sound sound, Random random) {
        ImageBytes image = sound.image().get();
        for (int i = random.nextInt(3); i >= 0; i--) {
            int entry = sound.entries().get(random.nextInt(sound.entries().size()));
            switch (random.nextInt(5)) {
                case 0 -> image.int64(entry, random.nextLong());
                case 1 -> image.int64(entry, (long) random.nextInt(8) << 20 | random.nextInt(8));
                case 2 -> image.int32(entry, random.nextInt(300));
                case 3 -> image.int32(entry, random.nextInt(-3, 3));
                default -> image.int8(entry + random.nextInt(8), random.nextInt());
            }
        }
        image.sealed();
        int least = ImageInspector.HEAD_BYTES;
        return (random.nextInt(5) == 0 ? image.cutTo(least + random.nextInt(image.length() - least)) : image).toBytes();
    }

    /** Anything but a refusal or the end of the file goes on and fails the test. */
    private boolean isRead(byte[] image) throws IOException {
        ImageInspector inspector = new ImageInspector(LIMIT);
        Path path = Files.write(directory.resolve("image"), image);
        Length length = new Length();
        try (FileChannel file = FileChannel.open(path)) {
            inspector.feed(ByteBuffer.wrap(image, 0, ImageInspector.HEAD_BYTES));
            try (RandomAccessDisk disk = inspector.mapped().orElseThrow().open(FileContent.of(file))) {
                DiskCopy.copy(disk, length);
                assertThat(length.bytes).isEqualTo(disk.size());
            }
            return true;
        } catch (ImageException | EOFException _) {
            return false;
        }
    }

    /** Whether the image passes all checks but those of its data. */
    private boolean passes() throws IOException {
        try {
            ImageInspector.inspect(directory.resolve("image"), LIMIT);
            return true;
        } catch (ImageException _) {
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
