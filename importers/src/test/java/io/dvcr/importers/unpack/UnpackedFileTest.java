package io.dvcr.importers.unpack;

import static io.dvcr.importers.unpack.UnpackTests.DISK;
import static io.dvcr.importers.unpack.UnpackTests.LIMITS;
import static io.dvcr.importers.unpack.UnpackTests.assertRefused;
import static io.dvcr.importers.unpack.UnpackTests.open;
import static io.dvcr.importers.unpack.UnpackTests.random;
import static io.dvcr.importers.unpack.UnpackTests.read;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.github.luben.zstd.ZstdOutputStream;
import io.dvcr.importers.unpack.UnpackError.Fault;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class UnpackedFileTest {
    private static final int MIB = 1 << 20;

    @ParameterizedTest
    @ValueSource(strings = {"plain", "gzip", "xz", "zstd", "bzip2"})
    void a_file_comes_out_as_it_was(String how) throws IOException {
        assertThat(read(Packed.with(how, DISK))).isEqualTo(DISK);
        assertThat(read(Packed.with(how, new byte[] {7}))).isEqualTo(new byte[] {7});
        assertThat(read(Packed.with(how, new byte[0]))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {262_143, 262_144, 262_145, 1_048_575, MIB})
    void pieces_that_are_read_ahead_end_where_the_file_ends(int length) throws IOException {
        assertThat(read(Packed.with("gzip", random(length)))).isEqualTo(random(length));
    }

    @ParameterizedTest
    @CsvSource({"gzip, gzip", "gzip, xz", "xz, zstd", "zstd, bzip2", "bzip2, gzip"})
    void what_is_compressed_twice_comes_out_too_but_not_what_is_thrice(String inner, String outer) throws IOException {
        byte[] twice = Packed.with(outer, Packed.with(inner, DISK));
        assertThat(read(twice)).isEqualTo(DISK);
        assertRefused(Packed.with(inner, twice), Fault.COMPRESSION_NESTED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "xz", "zstd", "bzip2"})
    void streams_behind_each_other_are_one(String how) throws IOException {
        byte[] once = Packed.with(how, DISK);
        byte[] nothing = Packed.with(how, new byte[0]);
        assertThat(read(Packed.concatenated(once, nothing, once))).isEqualTo(Packed.concatenated(DISK, DISK));
    }

    @Test
    void an_xz_may_be_padded_and_a_zstd_may_begin_with_what_is_to_be_skipped() throws IOException {
        byte[] xz = Packed.with("xz", DISK);
        assertThat(read(Packed.concatenated(xz, new byte[8], xz, new byte[4])))
                .isEqualTo(Packed.concatenated(DISK, DISK));
        byte[] skipped = {0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4};
        assertThat(read(Packed.concatenated(skipped, Packed.with("zstd", DISK))))
                .isEqualTo(DISK);
    }

    @Test
    void a_gzip_may_have_all_that_its_header_provides_for() throws IOException {
        byte[] gzip = Packed.with("gzip", DISK);
        byte[] header = Arrays.copyOf(gzip, 10);
        header[3] = 2 | 4 | 8 | 16;
        byte[] fields = "\3\0abcdisk.img\0a comment\0\1\2".getBytes(US_ASCII);
        byte[] rest = Arrays.copyOfRange(gzip, 10, gzip.length);
        assertThat(read(Packed.concatenated(header, fields, rest))).isEqualTo(DISK);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "xz", "zstd", "bzip2"})
    void what_is_cut_off_is_told_wherever_that_is(String how) throws IOException {
        byte[] source = Packed.with(how, DISK);
        for (int length : new int[] {12, source.length / 2, source.length - 5, source.length - 1}) {
            assertRefused(Arrays.copyOf(source, length), Fault.COMPRESSION_TRUNCATED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "xz", "zstd", "bzip2"})
    void what_follows_and_is_something_else_is_told(String how) throws IOException {
        byte[] source = Packed.with(how, DISK);
        assertRefused(Packed.concatenated(source, "something".getBytes(UTF_8)), Fault.COMPRESSION_TRAILING_BYTES);
        assertRefused(Packed.concatenated(source, random(100_000)), Fault.COMPRESSION_TRAILING_BYTES);
    }

    @Test
    void a_checksum_that_is_wrong_is_told() throws IOException {
        byte[] gzip = Packed.with("gzip", DISK);
        gzip[gzip.length - 6] ^= 1;
        assertRefused(gzip, Fault.COMPRESSION_DAMAGED);
        byte[] length = Packed.with("gzip", DISK);
        length[length.length - 2] ^= 1;
        assertRefused(length, Fault.COMPRESSION_DAMAGED);
        byte[] xz = Packed.with("xz", DISK);
        xz[xz.length / 2] ^= 1;
        assertRefused(xz, Fault.COMPRESSION_DAMAGED);
        byte[] bzip2 = Packed.with("bzip2", DISK);
        bzip2[11] ^= 1;
        assertRefused(bzip2, Fault.COMPRESSION_DAMAGED);
        byte[] zstd = zstdWithChecksum();
        zstd[zstd.length - 1] ^= 1;
        assertRefused(zstd, Fault.COMPRESSION_DAMAGED);
    }

    private static byte[] zstdWithChecksum() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new ZstdOutputStream(bytes).setChecksum(true)) {
            out.write(DISK);
        }
        return bytes.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "xz", "zstd", "bzip2"})
    void a_little_that_becomes_much_ends_at_the_limit(String how) throws IOException {
        byte[] bomb = Packed.with(how, new byte[MIB + 1]);
        assertThat(bomb.length).isLessThan(20_000);
        assertRefused(bomb, Fault.SOURCE_TOO_LARGE);
        assertRefused(Packed.with("gzip", Packed.with(how, new byte[2 * MIB])), Fault.SOURCE_TOO_LARGE);
        assertThat(read(Packed.with(how, new byte[MIB])))
                .as("however good the ratio")
                .hasSize(MIB);
    }

    @Test
    void what_wants_too_much_memory_is_refused() throws IOException {
        assertRefused(Packed.xzWithDictionary(27, DISK), Fault.COMPRESSION_MEMORY);
        byte[] zstd = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, (byte) (18 << 3), 1, 0, 0}; // a window of 2^28 bytes
        assertRefused(zstd, Fault.COMPRESSION_MEMORY);
        byte[] inner = Packed.xzWithDictionary(26, DISK);
        assertRefused(Packed.xzWithDictionary(26, inner), Fault.COMPRESSION_MEMORY);
    }

    @Test
    void unpacking_has_its_time() throws IOException {
        UnpackLimits none = new UnpackLimits(MIB, Duration.ofNanos(1), new UnpackRoom());
        byte[] source = Packed.with("gzip", DISK);
        assertThatThrownBy(() -> read(source, none))
                .isInstanceOfSatisfying(
                        UnpackException.class,
                        e -> assertThat(e.error().fault()).isEqualTo(Fault.SOURCE_TOO_SLOW));
        assertThat(read(DISK, none)).as("nothing is unpacked").isEqualTo(DISK);
    }

    @Test
    void waiting_for_the_source_is_not_unpacking() throws IOException {
        InputStream slow = new FilterInputStream(new ByteArrayInputStream(Packed.with("gzip", DISK))) {
            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                pause(10);
                return super.read(target, offset, Math.min(length, 1000));
            }
        };
        UnpackLimits limits = new UnpackLimits(MIB, Duration.ofSeconds(2), new UnpackRoom()); // the source takes longer
        try (UnpackedFile file = UnpackedFile.in(slow, OptionalLong.empty(), limits)) {
            assertThat(file.readAllBytes()).isEqualTo(DISK);
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void a_source_that_cannot_be_read_fails_as_it_fails() throws IOException {
        byte[] half = Arrays.copyOf(Packed.with("xz", Packed.with("gzip", DISK)), 100_000);
        InputStream broken = new FilterInputStream(new ByteArrayInputStream(half)) {
            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                int read = super.read(target, offset, length);
                if (read < 0) {
                    throw new IOException("the disk is on fire");
                }
                return read;
            }
        };
        assertThatThrownBy(() -> {
                    try (UnpackedFile file = UnpackedFile.in(broken, OptionalLong.empty(), LIMITS)) {
                        file.readAllBytes();
                    }
                })
                .isInstanceOf(IOException.class)
                .hasMessageContaining("on fire");
    }

    @Test
    void closing_ends_what_is_read_ahead() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        byte[] half = Arrays.copyOf(Packed.with("gzip", DISK), 100_000);
        InputStream silent = new FilterInputStream(new ByteArrayInputStream(half)) {
            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                int read = super.read(target, offset, length);
                if (read < 0) {
                    waiting.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                        throw new IOException(e);
                    }
                }
                return read;
            }
        };
        try (UnpackedFile _ = UnpackedFile.in(silent, OptionalLong.empty(), LIMITS)) {
            waiting.await();
        }
        assertThat(interrupted.getCount()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "gzip", "xz", "zstd", "bzip2"})
    void the_source_is_read_to_its_end_and_not_byte_by_byte(String how) throws IOException {
        byte[] source = Packed.with(how, DISK);
        AtomicLong reads = new AtomicLong();
        AtomicLong bytes = new AtomicLong();
        InputStream counted = new FilterInputStream(new ByteArrayInputStream(source)) {
            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                int read = super.read(target, offset, length);
                reads.incrementAndGet();
                bytes.addAndGet(Math.max(0, read));
                return read;
            }
        };
        try (UnpackedFile file = UnpackedFile.in(counted, OptionalLong.empty(), LIMITS)) {
            file.readAllBytes();
        }
        assertThat(reads).hasValueLessThan(100);
        assertThat(bytes).hasValue(source.length);
    }

    @Test
    void the_length_of_a_file_is_known_unless_it_is_compressed() throws IOException {
        try (UnpackedFile plain = open(DISK, LIMITS);
                UnpackedFile inTar = open(new Tar().file("a", DISK).end(), LIMITS);
                UnpackedFile compressed = open(Packed.with("gzip", DISK), LIMITS)) {
            assertThat(plain.length()).hasValue(DISK.length);
            assertThat(inTar.length()).hasValue(DISK.length);
            assertThat(compressed.length()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "gzip", "xz", "zstd", "bzip2"})
    void whatever_the_bytes_are_nothing_but_a_named_error_comes_of_them(String how) throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] tar = new Tar()
                .entry("pax", 'x', "20 path=disk/a.qcow2\n".getBytes(UTF_8))
                .file("disk/debian.qcow2", random(3000))
                .end();
        byte[] sound = Packed.with(how, tar);
        for (int i = 0; i < 300; i++) {
            byte[] source = Arrays.copyOf(sound, random.nextInt(4) == 0 ? random.nextInt(sound.length) : sound.length);
            for (int flips = random.nextInt(1, 8); flips > 0 && source.length > 0; flips--) {
                source[random.nextInt(source.length)] = (byte) random.nextInt();
            }
            Throwable thrown = catchThrowable(() -> read(source));
            if (thrown != null) {
                assertThat(thrown).as("seed %s, round %s", seed, i).isInstanceOf(UnpackException.class);
            }
        }
    }
}
