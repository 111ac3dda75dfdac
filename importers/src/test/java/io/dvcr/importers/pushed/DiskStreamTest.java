package io.dvcr.importers.pushed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.github.luben.zstd.Zstd;
import io.dvcr.importers.pushed.PushedDisk.Kind;
import io.dvcr.importers.source.SourceError.LayerMalformed;
import io.dvcr.importers.source.SourceError.TarRefused;
import io.dvcr.importers.source.SourceError.TooLarge;
import io.dvcr.importers.source.SourceError.TooSlow;
import io.dvcr.importers.source.SourceException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DiskStreamTest {
    private static final DiskStream.Limits LIMITS = new DiskStream.Limits(1 << 20, Duration.ofSeconds(30));
    private static final byte[] DISK = random(300_001);

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static byte[] compressed(String how, byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        switch (how) {
            case "gzip" -> {
                try (OutputStream out = new GZIPOutputStream(bytes)) {
                    out.write(content);
                }
            }
            case "xz" -> {
                try (OutputStream out = new XZOutputStream(bytes, new LZMA2Options(1))) {
                    out.write(content);
                }
            }
            case "zstd" -> bytes.writeBytes(Zstd.compress(content));
            default -> bytes.writeBytes(content);
        }
        return bytes.toByteArray();
    }

    private static Optional<DiskStream> open(byte[] layer, Kind kind, DiskStream.Limits limits) throws IOException {
        return DiskStream.open(new ByteArrayInputStream(layer), kind, limits, _ -> {});
    }

    private static byte[] read(byte[] layer, Kind kind) throws IOException {
        DiskStream disk = open(layer, kind, LIMITS).orElseThrow();
        byte[] content = disk.readAllBytes();
        disk.finish();
        return content;
    }

    private static byte[] concatenated(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "gzip", "xz", "zstd"})
    void a_file_comes_out_as_it_was(String how) throws IOException {
        assertThat(read(compressed(how, DISK), Kind.FILE)).isEqualTo(DISK);
        assertThat(read(compressed(how, new byte[] {7}), Kind.FILE)).isEqualTo(new byte[] {7});
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "xz", "zstd"})
    void streams_behind_each_other_are_one(String how) throws IOException {
        byte[] layer = concatenated(compressed(how, DISK), compressed(how, DISK));
        assertThat(read(layer, Kind.FILE)).isEqualTo(concatenated(DISK, DISK));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "xz", "zstd"})
    void what_is_cut_off_or_damaged_is_told(String how) throws IOException {
        byte[] layer = compressed(how, DISK);
        byte[] damaged = layer.clone();
        damaged[8] ^= 0x55;
        damaged[layer.length / 2] ^= 1;
        for (byte[] bad : new byte[][] {Arrays.copyOf(layer, layer.length / 2), damaged}) {
            Throwable thrown = catchThrowable(() -> read(bad, Kind.FILE));
            if (thrown != null
                    || how.equals("gzip")) { // a zstd frame without checksum may decompress to something else
                assertThat(thrown).isInstanceOf(SourceException.class);
                assertThat(((SourceException) thrown).error()).isInstanceOf(LayerMalformed.class);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "xz", "zstd"})
    void a_little_that_becomes_much_ends_at_the_limit(String how) throws IOException {
        byte[] bomb = compressed(how, new byte[(1 << 20) + 1]);
        assertThat(bomb.length).isLessThan(20_000);
        assertThatThrownBy(() -> read(bomb, Kind.FILE))
                .extracting(e -> ((SourceException) e).error())
                .isEqualTo(new TooLarge(1 << 20));
    }

    @Test
    void an_xz_that_wants_too_much_memory_is_refused() throws IOException {
        byte[] greedy = xzThatDeclares256MiB();
        assertThatThrownBy(() -> read(greedy, Kind.FILE))
                .extracting(e -> ((SourceException) e).error())
                .isInstanceOf(LayerMalformed.class);
    }

    /** The dictionary is only declared: its size in the block header, with that header's checksum made right. */
    private static byte[] xzThatDeclares256MiB() throws IOException {
        byte[] layer = compressed("xz", DISK);
        int block = 12;
        int headerSize = (layer[block] + 1) * 4;
        layer[block + 4] = 32; // 2^28 bytes, as LZMA2 writes it
        CRC32 crc = new CRC32();
        crc.update(layer, block, headerSize - 4);
        for (int i = 0; i < 4; i++) {
            layer[block + headerSize - 4 + i] = (byte) (crc.getValue() >>> (8 * i));
        }
        return layer;
    }

    @Test
    void unpacking_has_its_time() {
        DiskStream.Limits none = new DiskStream.Limits(1 << 20, Duration.ofNanos(1));
        assertThatThrownBy(() -> open(DISK, Kind.FILE, none).orElseThrow().readAllBytes())
                .extracting(e -> ((SourceException) e).error())
                .isInstanceOf(TooSlow.class);
    }

    @Test
    void a_layer_that_cannot_be_read_is_not_the_pusher_s_fault() throws IOException {
        byte[] half = Arrays.copyOf(compressed("gzip", DISK), 1000);
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
        assertThatThrownBy(() -> DiskStream.open(broken, Kind.FILE, LIMITS, _ -> {})
                        .orElseThrow()
                        .readAllBytes())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("on fire");
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "gzip", "xz", "zstd"})
    void the_layer_is_not_read_byte_by_byte(String how) throws IOException {
        AtomicLong reads = new AtomicLong();
        DiskStream.open(
                        new ByteArrayInputStream(compressed(how, DISK)),
                        Kind.FILE,
                        LIMITS,
                        _ -> reads.incrementAndGet())
                .orElseThrow()
                .readAllBytes();
        assertThat(reads).hasValueLessThan(100);
    }

    @Test
    void bytes_of_the_layer_are_counted_as_they_are_read() throws IOException {
        byte[] layer = compressed("gzip", DISK);
        AtomicLong passed = new AtomicLong();
        DiskStream.open(new ByteArrayInputStream(layer), Kind.FILE, LIMITS, passed::addAndGet)
                .orElseThrow()
                .readAllBytes();
        assertThat(passed).hasValue(layer.length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "gzip", "zstd"})
    void the_file_of_a_container_disk_comes_out_of_its_tar(String how) throws IOException {
        byte[] tar =
                new Tar().directory("disk/").file("disk/debian.qcow2", DISK).end();
        assertThat(read(compressed(how, tar), Kind.CONTAINER_DISK)).isEqualTo(DISK);
        byte[] dotted = new Tar()
                .directory("./")
                .directory("./disk/")
                .file("./disk/d", DISK)
                .end();
        assertThat(read(compressed(how, dotted), Kind.CONTAINER_DISK)).isEqualTo(DISK);
    }

    @Test
    void long_names_and_sizes_are_read_as_gnu_and_pax_write_them() throws IOException {
        String name = "disk/" + "n".repeat(200);
        byte[] gnu = new Tar()
                .entry("././@LongLink", 'L', (name + "\0").getBytes(UTF_8))
                .file("disk/nnn", DISK)
                .end();
        byte[] pax = new Tar()
                .entry("pax", 'x', "20 path=disk/a.qcow2\n15 size=300001\n".getBytes(UTF_8))
                .entry("other", '0', "00000000000", DISK)
                .end();
        assertThat(read(gnu, Kind.CONTAINER_DISK)).isEqualTo(DISK);
        assertThat(read(pax, Kind.CONTAINER_DISK)).isEqualTo(DISK);
    }

    @Test
    void an_ordinary_image_is_left_at_its_first_entry() throws IOException {
        byte[] ordinary = new Tar()
                .directory("bin/")
                .file("bin/sh", DISK)
                .file("disk/d", DISK)
                .cut();
        assertThat(open(ordinary, Kind.CONTAINER_DISK, LIMITS)).isEmpty();
        assertThat(open(new Tar().entry("bin", '2', new byte[0]).end(), Kind.CONTAINER_DISK, LIMITS))
                .isEmpty();
        assertThat(open(new Tar().end(), Kind.CONTAINER_DISK, LIMITS)).isEmpty();
        assertThat(open(DISK, Kind.CONTAINER_DISK, LIMITS)).isEmpty();
        assertThat(open(new byte[0], Kind.CONTAINER_DISK, LIMITS)).isEmpty();
    }

    private static void assertRefused(byte[] tar, String reason) {
        assertThatThrownBy(() -> read(tar, Kind.CONTAINER_DISK))
                .extracting(e -> ((SourceException) e).error())
                .isInstanceOfSatisfying(
                        TarRefused.class, error -> assertThat(error.message()).contains(reason));
    }

    @ParameterizedTest
    @ValueSource(chars = {'1', '2', '3', '4', '6'})
    void links_and_devices_are_refused(char type) {
        assertRefused(new Tar().entry("disk/disk.img", type, new byte[0]).end(), "not a plain file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/disk/d", "../disk/d", "disk/../etc/d", "disk/./d", "./../d"})
    void names_that_lead_elsewhere_are_refused(String name) {
        assertRefused(new Tar().file(name, DISK).end(), "absolute or goes up");
    }

    @Test
    void more_than_one_file_is_refused() {
        assertRefused(new Tar().file("disk/a", DISK).file("disk/b", DISK).end(), "several files");
        assertRefused(new Tar().file("disk/a/b", DISK).end(), "not a plain file right there");
        assertRefused(new Tar().file("disk/.wh.a", DISK).end(), "not a plain file right there");
        assertRefused(new Tar().file("disk/a", DISK).cut(), "cut off");
    }

    @Test
    void sizes_and_headers_that_lie_are_told() {
        byte[][] tars = {
            new Tar().entry("disk/a", '0', "77777777777", DISK).end(),
            new Tar().entry("disk/a", '0', "9", DISK).end(),
            new Tar().entry("disk/a", 'S', DISK).end(),
            new Tar()
                    .entry("x", 'x', "30 GNU.sparse.major=1\n".getBytes(UTF_8))
                    .file("disk/a", DISK)
                    .end(),
            new Tar()
                    .entry("x", 'x', "30 size=-5\n".getBytes(UTF_8))
                    .file("disk/a", DISK)
                    .end(),
            new Tar().entry("x", 'L', new byte[70_000]).file("disk/a", DISK).end(),
        };
        for (byte[] tar : tars) {
            assertThatThrownBy(() -> read(tar, Kind.CONTAINER_DISK)).isInstanceOf(SourceException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "gzip", "xz", "zstd"})
    void whatever_the_bytes_are_nothing_but_a_named_error_comes_of_them(String how) throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] tar = new Tar()
                .directory("disk/")
                .entry("pax", 'x', "20 path=disk/a.qcow2\n".getBytes(UTF_8))
                .file("disk/debian.qcow2", random(3000))
                .end();
        byte[] sound = compressed(how, tar);
        for (int i = 0; i < 1000; i++) {
            byte[] layer = sound.clone();
            for (int flips = random.nextInt(1, 8); flips > 0; flips--) {
                layer[random.nextInt(layer.length)] = (byte) random.nextInt();
            }
            Throwable thrown =
                    catchThrowable(() -> read(layer, random.nextBoolean() ? Kind.CONTAINER_DISK : Kind.FILE));
            if (thrown != null && !(thrown instanceof NoSuchElementException)) {
                assertThat(thrown).as("seed %s, round %s", seed, i).isInstanceOf(SourceException.class);
            }
        }
    }
}
