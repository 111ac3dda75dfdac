package io.dvcr.importers.unpack;

import static io.dvcr.importers.unpack.UnpackTests.assertRefused;
import static io.dvcr.importers.unpack.UnpackTests.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.dvcr.importers.unpack.UnpackError.Fault;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class Bzip2StreamTest {
    private static final int[] BLOCK = {0x31, 0x41, 0x59, 0x26, 0x53, 0x59};
    private static final int[] STREAM_END = {0x17, 0x72, 0x45, 0x38, 0x50, 0x90};

    private static byte[] decompressed(byte[] source, int decoders) throws IOException {
        try (InputStream in = new Bzip2Stream(new ByteArrayInputStream(source), decoders)) {
            return in.readAllBytes();
        }
    }

    private static byte[] compressed(byte[] content, int level) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new BZip2CompressorOutputStream(bytes, level)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }

    private static byte[] byOthers(byte[] source) throws IOException {
        try (InputStream in = new BZip2CompressorInputStream(new ByteArrayInputStream(source), true)) {
            return in.readAllBytes();
        }
    }

    /** Noise, words, long runs and short ones. */
    private static byte[] mixture(Random random, int length) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (bytes.size() < length) {
            int count = random.nextInt(1, 200_000);
            int kind = random.nextInt(4);
            byte[] stretch = new byte[count];
            switch (kind) {
                case 0 -> random.nextBytes(stretch);
                case 1 -> Arrays.fill(stretch, (byte) random.nextInt());
                case 2 -> IntStream.range(0, count).forEach(i -> stretch[i] = (byte) "words ".charAt(i % 6));
                default -> IntStream.range(0, count).forEach(i -> stretch[i] = (byte) (random.nextInt(20) / 19 * 255));
            }
            bytes.writeBytes(stretch);
        }
        return Arrays.copyOf(bytes.toByteArray(), length);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 9})
    void blocks_come_out_in_their_order_whatever_is_in_them(int level) throws IOException {
        long seed = System.nanoTime();
        byte[] content = mixture(new Random(seed), 3_000_000);
        byte[] source = compressed(content, level);
        for (int decoders : new int[] {1, 2, 4}) {
            assertThat(Arrays.equals(decompressed(source, decoders), content))
                    .as("seed %s, %s decoders", seed, decoders)
                    .isTrue();
        }
    }

    @Test
    void streams_of_several_levels_and_of_nothing_are_one() throws IOException {
        byte[] nothing = compressed(new byte[0], 3);
        byte[] source = Packed.concatenated(
                nothing, compressed(random(250_000), 1), nothing, nothing, compressed(random(7), 9), nothing);
        assertThat(decompressed(source, 2)).isEqualTo(Packed.concatenated(random(250_000), random(7)));
        assertThat(decompressed(nothing, 2)).isEmpty();
    }

    @Test
    void a_block_that_is_larger_than_its_stream_declares_is_damaged() throws IOException {
        byte[] source = compressed(random(250_000), 9);
        source[3] = '1';
        assertRefused(source, Fault.COMPRESSION_DAMAGED);
        source[3] = '0';
        assertRefused(source, Fault.COMPRESSION_DAMAGED);
    }

    @Test
    void whatever_it_is_cut_to_it_is_cut_off() throws IOException {
        byte[] source = Packed.concatenated(compressed(random(1000), 1), compressed(random(100), 1));
        for (int length = 14; length < source.length; length++) {
            byte[] cut = Arrays.copyOf(source, length);
            if (length != compressed(random(1000), 1).length) {
                assertRefused(cut, Fault.COMPRESSION_TRUNCATED);
            }
        }
    }

    @Test
    void what_looks_like_the_beginning_of_a_block_within_one_is_none() throws IOException {
        int[] few = symbols(BLOCK, 1);
        int[] many = symbols(BLOCK, 3000);
        int[] ends = symbols(STREAM_END, 50);
        for (int[] symbols : new int[][] {few, many, ends}) {
            byte[] source = CraftedBzip2.of(symbols, many, symbols);
            byte[] content = byOthers(source);
            assertThat(content.length).isGreaterThan(symbols.length);
            for (int decoders : new int[] {1, 2, 4}) {
                assertThat(decompressed(source, decoders)).isEqualTo(content);
            }
            byte[] cut = Arrays.copyOf(source, source.length - 30);
            assertRefused(cut, Fault.COMPRESSION_TRUNCATED);
        }
    }

    private static int[] symbols(int[] magic, int times) {
        int[] symbols = new int[magic.length * times + 100];
        Arrays.fill(symbols, 77);
        for (int i = 0; i < magic.length * times; i++) {
            symbols[50 + i] = magic[i % magic.length];
        }
        return symbols;
    }

    @Test
    void beginnings_of_blocks_that_never_come_are_damage_and_cost_little() {
        byte[] header = {'B', 'Z', 'h', '9'};
        byte[] magic = new byte[BLOCK.length];
        IntStream.range(0, magic.length).forEach(i -> magic[i] = (byte) BLOCK[i]);
        byte[][] pieces = new byte[500_000][];
        Arrays.fill(pieces, magic);
        pieces[0] = header;
        assertRefused(Packed.concatenated(pieces), Fault.COMPRESSION_DAMAGED);
    }

    @Test
    void nothing_that_is_compressed_can_be_longer_than_a_block() {
        byte[] source = Packed.concatenated(
                new byte[] {'B', 'Z', 'h', '9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59}, new byte[20 << 20]);
        assertRefused(source, Fault.COMPRESSION_DAMAGED);
    }

    @Test
    void what_is_spoilt_anywhere_is_refused_or_comes_out_as_others_have_it() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] sound = Packed.concatenated(
                compressed(mixture(random, 120_000), 1), CraftedBzip2.of(symbols(BLOCK, 5), symbols(STREAM_END, 2)));
        for (int round = 0; round < 500; round++) {
            byte[] source = sound.clone();
            for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
                source[random.nextInt(10, source.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Throwable thrown =
                    catchThrowable(() -> assertThat(decompressed(source, 2)).isEqualTo(byOthers(source)));
            if (thrown != null) {
                assertThat(thrown).as("seed %s, round %s", seed, round).isInstanceOf(UnpackException.class);
            }
        }
    }

    @Test
    void a_source_that_fails_ends_it_as_it_failed() throws IOException {
        byte[] source = compressed(random(400_000), 1);
        InputStream broken = new FilterInputStream(new ByteArrayInputStream(source, 0, 300_000)) {
            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                int read = super.read(target, offset, length);
                if (read < 0) {
                    throw new IOException("the disk is on fire");
                }
                return read;
            }
        };
        try (InputStream in = new Bzip2Stream(broken, 2)) {
            assertThat(catchThrowable(in::readAllBytes)).hasMessage("the disk is on fire");
        }
    }
}
