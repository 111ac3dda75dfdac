package io.dvcr.importers.unpack;

import static io.dvcr.importers.unpack.UnpackTests.assertContainerDiskRefused;
import static io.dvcr.importers.unpack.UnpackTests.assertRefused;
import static io.dvcr.importers.unpack.UnpackTests.random;
import static io.dvcr.importers.unpack.UnpackTests.read;
import static io.dvcr.importers.unpack.UnpackTests.readContainerDisk;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.dvcr.importers.unpack.UnpackError.Fault;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sparse files in tars, with maps such as no program would make; {@link SparseTarIT} has those of GNU tar. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class SparseTarTest {
    private static final byte[] DATA = random(3000);
    private static final long[] MAP = {512, 1000, 4096, 0, 5000, 2000};

    /** The ways in which a map is written. */
    enum Way {
        OLD {
            @Override
            byte[] tar(long fileSize, long[] map, byte[] stored) {
                return new Tar().sparse("disk/d", fileSize, map, stored).end();
            }
        },
        PAX_0_0 {
            @Override
            byte[] tar(long fileSize, long[] map, byte[] stored) {
                StringBuilder records = new StringBuilder(record("size", fileSize));
                for (int i = 0; i < map.length; i++) {
                    records.append(record(i % 2 == 0 ? "offset" : "numbytes", map[i]));
                }
                return pax(records.toString(), stored);
            }
        },
        PAX_0_1 {
            @Override
            byte[] tar(long fileSize, long[] map, byte[] stored) {
                String numbers = LongStream.of(map).mapToObj(Long::toString).collect(Collectors.joining(","));
                return pax(record("size", fileSize) + record("map", numbers) + record("name", "disk/d"), stored);
            }
        },
        PAX_1_0 {
            @Override
            byte[] tar(long fileSize, long[] map, byte[] stored) {
                String numbers = map.length / 2 + "\n"
                        + LongStream.of(map).mapToObj(one -> one + "\n").collect(Collectors.joining());
                byte[] before = Arrays.copyOf(numbers.getBytes(UTF_8), (numbers.length() + 511) / 512 * 512);
                return pax(version(1) + record("realsize", fileSize), Packed.concatenated(before, stored));
            }
        };

        abstract byte[] tar(long fileSize, long[] map, byte[] stored);
    }

    private static String version(int major) {
        return record("major", major) + record("minor", 0);
    }

    private static String record(String key, Object value) {
        return "30 GNU.sparse." + key + "=" + value + "\n";
    }

    private static byte[] pax(String records, byte[] stored) {
        return new Tar()
                .entry("pax", 'x', records.getBytes(UTF_8))
                .file("disk/d", stored)
                .end();
    }

    private static byte[] expected(int fileSize, long[] map, byte[] stored) {
        byte[] file = new byte[fileSize];
        int from = 0;
        for (int i = 0; i < map.length; i += 2) {
            System.arraycopy(stored, from, file, (int) map[i], (int) map[i + 1]);
            from += (int) map[i + 1];
        }
        return file;
    }

    @ParameterizedTest
    @EnumSource
    void holes_come_out_as_zeros(Way way) throws IOException {
        byte[] file = expected(9000, MAP, DATA);
        byte[] tar = way.tar(9000, MAP, DATA);
        assertThat(read(tar)).isEqualTo(file);
        assertThat(read(Packed.with("gzip", tar))).isEqualTo(file);
        assertThat(readContainerDisk(tar)).isEqualTo(file);
        assertThat(read(way.tar(7000, MAP, DATA))).isEqualTo(Arrays.copyOf(file, 7000));
        assertThat(read(way.tar(5000, new long[0], new byte[0]))).isEqualTo(new byte[5000]);
        assertThat(read(way.tar(3000, new long[] {0, 3000}, DATA))).isEqualTo(DATA);
    }

    @ParameterizedTest
    @EnumSource
    void a_map_may_be_long(Way way) throws IOException {
        long[] map = LongStream.range(0, 2000).map(i -> i % 2 == 0 ? i * 50 : 3).toArray();
        assertThat(read(way.tar(100_000, map, DATA))).isEqualTo(expected(100_000, map, DATA));
    }

    @ParameterizedTest
    @EnumSource
    void maps_that_lie_are_refused(Way way) {
        long[][] maps = {
            {1000, 1000, 500, 2000}, // backwards
            {0, 2000, 1999, 1000}, // overlapping
            {0, 1000, 8000, 2000}, // beyond the end
            {0, 2999}, // less than is stored
            {0, 3001}, // more
            {9000, 3000},
            {0, 3000, 9001, 0},
        };
        for (long[] map : maps) {
            assertRefused(way.tar(9000, map, DATA), Fault.TAR_SPARSE);
            assertContainerDiskRefused(way.tar(9000, map, DATA), Fault.TAR_SPARSE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_sparse_giant_of_a_tiny_tar_is_refused(Way way) {
        assertRefused(way.tar((1 << 20) + 1, new long[] {0, 3000}, DATA), Fault.SOURCE_TOO_LARGE);
        assertRefused(way.tar(0x1_ffff_ffffL, new long[] {0, 3000}, DATA), Fault.SOURCE_TOO_LARGE);
    }

    @ParameterizedTest
    @EnumSource
    void one_that_is_cut_off_is_told_wherever_that_is(Way way) {
        byte[] tar = way.tar(9000, MAP, DATA);
        for (int length = 600; length < tar.length - 512; length += 100) {
            byte[] cut = Arrays.copyOf(tar, length);
            assertRefused(cut, Fault.TAR_TRUNCATED);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "size=-1",
                "size=9223372036854775808",
                "size=x",
                "map=0",
                "map=0,1,2",
                "map=0,-1",
                "map=,",
                "major=2",
                "map=9223372036854775807,9223372036854775807",
                "offset=1",
                "numbytes=+1"
            })
    void numbers_that_are_none_or_impossible_are_refused(String record) {
        String sized = record.startsWith("size") ? "" : record("size", 9000);
        assertRefused(pax(sized + "30 GNU.sparse." + record + "\n", DATA), Fault.TAR_SPARSE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x\n", "-1\n", "1\n0\n", "99999999999999999999\n", "1\n0\n9999999999999999999\n"})
    void a_map_before_the_data_that_is_none_is_refused(String map) {
        byte[] stored = Packed.concatenated(map.getBytes(UTF_8), new byte[512 - map.length()]);
        assertRefused(pax(version(1) + record("realsize", 9000), stored), Fault.TAR_SPARSE);
    }

    @Test
    void a_map_without_end_is_refused() {
        ByteArrayOutputStream parts = new ByteArrayOutputStream();
        parts.writeBytes("9999999\n".getBytes(UTF_8));
        byte[] one = "0\n0\n".repeat(1000).getBytes(UTF_8);
        for (int i = 0; i < 1100; i++) {
            parts.writeBytes(one);
        }
        byte[] stored = Arrays.copyOf(parts.toByteArray(), (parts.size() + 511) / 512 * 512);
        assertRefused(pax(version(1) + record("realsize", 9000), stored), Fault.TAR_SPARSE);
    }

    @ParameterizedTest
    @EnumSource
    void whatever_the_bytes_are_nothing_but_a_named_error_comes_of_them(Way way) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] sound = way.tar(9000, MAP, DATA);
        for (int i = 0; i < 500; i++) {
            byte[] tar = sound.clone();
            for (int flips = random.nextInt(1, 5); flips > 0; flips--) {
                tar[random.nextInt(2048)] = (byte) "0123456789,\n=\0\377".charAt(random.nextInt(15));
            }
            Throwable thrown = catchThrowable(() -> read(tar));
            if (thrown != null) {
                assertThat(thrown).as("seed %s, round %s", seed, i).isInstanceOf(UnpackException.class);
            }
        }
    }
}
