package io.dvcr.converters.format;

import static io.dvcr.converters.format.ImageInspectorTest.assertRefused;
import static io.dvcr.converters.format.VmdkBytes.CAPACITY;
import static io.dvcr.converters.format.VmdkBytes.FOOTER;
import static io.dvcr.converters.format.VmdkBytes.OVERHEAD;
import static io.dvcr.converters.format.VmdkBytes.SECTOR;
import static io.dvcr.converters.format.VmdkBytes.STREAM_DIRECTORY;
import static io.dvcr.converters.format.VmdkBytes.STREAM_TABLE;
import static io.dvcr.converters.format.VmdkBytes.sparse;
import static io.dvcr.converters.format.VmdkBytes.stream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.dvcr.converters.CollectingSink;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class VmdkStreamTest {
    private static final int GRAIN_BYTE = OVERHEAD * SECTOR;

    @Test
    void a_disk_is_read_in_one_pass() throws IOException {
        CollectingSink sink = new CollectingSink();
        passing(stream()).orElseThrow().read(new ByteArrayInputStream(stream().toBytes()), sink);
        assertThat(sink.bytes()).isEqualTo(VmdkBytes.disk());
        assertThat(sink.zeroBytes()).isEqualTo(15 * 65536);
    }

    @Test
    void a_disk_whose_tables_come_first_is_not() {
        assertThat(passing(sparse())).isEmpty();
        assertThat(passing(VmdkBytes.tablesFirst())).isEmpty();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("spoilt_streams")
    void a_spoilt_stream_is_refused(String code, String what, ImageBytes image) {
        assertRefused(code, () -> read(image.toBytes()));
    }

    static Stream<Arguments> spoilt_streams() {
        return Stream.of(
                arguments("VMDK_TRUNCATED", "cut in its overhead", stream().cutTo(GRAIN_BYTE - 1)),
                arguments("VMDK_TRUNCATED", "cut in a grain", stream().cutTo(GRAIN_BYTE + 20)),
                arguments("VMDK_TRUNCATED", "cut behind a grain", stream().cutTo(GRAIN_BYTE + SECTOR)),
                arguments("VMDK_TRUNCATED", "cut before its end", stream().cutTo((FOOTER + 1) * SECTOR)),
                arguments(
                        "VMDK_FOOTER_INVALID",
                        "something behind its end",
                        stream().cutTo((FOOTER + 2) * SECTOR + 1)),
                arguments("VMDK_GRAINS_UNORDERED", "off the grid", stream().int64(GRAIN_BYTE, 255)),
                arguments("VMDK_GRAINS_UNORDERED", "behind the disk", stream().int64(GRAIN_BYTE, CAPACITY)),
                arguments("VMDK_GRAINS_UNORDERED", "negative", stream().int64(GRAIN_BYTE, -128)),
                arguments("VMDK_GRAINS_UNORDERED", "the same again", again(256)),
                arguments("VMDK_GRAINS_UNORDERED", "an earlier one", again(128)),
                arguments("VMDK_GRAIN_INVALID", "too long", stream().int32(GRAIN_BYTE + 8, 140_000)),
                arguments("VMDK_GRAIN_INVALID", "negative", stream().int32(GRAIN_BYTE + 8, -1)),
                arguments("VMDK_GRAIN_INVALID", "too short", stream().int32(GRAIN_BYTE + 8, 20)),
                arguments("VMDK_GRAIN_INVALID", "a wrong checksum", wrongChecksum()),
                arguments("VMDK_GRAIN_INVALID", "not deflate", stream().int8(GRAIN_BYTE + 12, 0)),
                arguments("VMDK_MARKER_INVALID", "an unknown one", stream().int32((STREAM_TABLE - 1) * SECTOR + 12, 4)),
                arguments("VMDK_MARKER_INVALID", "a long table", stream().int64((STREAM_TABLE - 1) * SECTOR, 5)),
                arguments(
                        "VMDK_MARKER_INVALID", "a long directory", stream().int64((STREAM_DIRECTORY - 1) * SECTOR, 2)),
                arguments("VMDK_MARKER_INVALID", "an endless footer", stream().int64((FOOTER - 1) * SECTOR, -1)),
                arguments("VMDK_TABLES_DIFFER", "no such grain", stream().int32(STREAM_TABLE * SECTOR, 99)),
                arguments("VMDK_TABLES_DIFFER", "a grain left out", stream().int32(STREAM_TABLE * SECTOR + 8, 0)),
                arguments("VMDK_TABLES_DIFFER", "a grain elsewhere", stream().int64(GRAIN_BYTE, 384)));
    }

    static LongStream seeds() {
        long first = Long.getLong("dvcr.seed", new Random().nextInt(1 << 20));
        System.out.println("VmdkStreamTest: -Ddvcr.seed=" + first);
        return LongStream.range(first, first + 4);
    }

    /** Anything but an image exception fails the test. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whatever_the_bytes_are_a_stream_is_read_or_refused(long seed) throws IOException {
        Random random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < 500; i++) {
            byte[] image = stream().toBytes();
            for (int j = random.nextInt(3); j >= 0; j--) {
                image[GRAIN_BYTE + random.nextInt(image.length - GRAIN_BYTE)] = (byte) random.nextInt();
            }
            int length = random.nextInt(4) == 0 ? GRAIN_BYTE + random.nextInt(image.length - GRAIN_BYTE) : image.length;
            try {
                assertThat(read(Arrays.copyOf(image, length))).hasSize(CAPACITY * SECTOR);
            } catch (ImageException e) {
                refused++;
            }
        }
        assertThat(refused).isBetween(50, 499);
    }

    /** The grain once more, for another place, instead of the marker of the table. */
    private static ImageBytes again(long diskSector) {
        ImageBytes image = stream();
        return image.put((STREAM_TABLE - 1) * SECTOR, image.slice(GRAIN_BYTE, SECTOR))
                .int64((STREAM_TABLE - 1) * SECTOR, diskSector);
    }

    /** It is at the end of the compressed grain. */
    private static ImageBytes wrongChecksum() {
        ImageBytes image = stream();
        int size = image.slice(GRAIN_BYTE + 8, 1)[0];
        int last = GRAIN_BYTE + 12 + size - 1;
        return image.int8(last, image.slice(last, 1)[0] ^ 1);
    }

    private static byte[] read(byte[] file) throws IOException {
        CollectingSink sink = new CollectingSink();
        passing(stream()).orElseThrow().read(new ByteArrayInputStream(file), sink);
        return sink.bytes();
    }

    private static Optional<PassingDisk> passing(ImageBytes image) {
        ImageInspector inspector = new ImageInspector(1L << 40);
        inspector.feed(ByteBuffer.wrap(image.toBytes()));
        return inspector.passing();
    }
}
