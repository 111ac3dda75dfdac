package io.dvcr.importers.unpack;

import static io.dvcr.importers.unpack.UnpackTests.assertRefused;
import static io.dvcr.importers.unpack.UnpackTests.random;
import static io.dvcr.importers.unpack.UnpackTests.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.dvcr.importers.unpack.UnpackError.Fault;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.XZInputStream;

/** Of streams whose blocks are decoded at once; all else about xz is in {@link UnpackedFileTest}. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class XzStreamTest {
    private static final byte[][] BLOCKS = {
        random(70_000), new byte[0], new byte[300_000], random(1), new byte[40], random(100_001)
    };

    private static byte[] decompressed(byte[] source, UnpackRoom shared, int decoders) throws IOException {
        BufferedInputStream in = new BufferedInputStream(new ByteArrayInputStream(source));
        try (DictionaryRoom room = new DictionaryRoom(shared, new Budget(UnpackTests.LIMITS));
                InputStream unpacked = new XzStream(in, room, decoders)) {
            return unpacked.readAllBytes();
        }
    }

    private static byte[] byOthers(byte[] source) throws IOException {
        try (InputStream in = new XZInputStream(new ByteArrayInputStream(source))) {
            return in.readAllBytes();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void blocks_come_out_in_their_order(int decoders) throws IOException {
        byte[] source = CraftedXz.of(BLOCKS);
        assertThat(byOthers(source)).isEqualTo(Packed.concatenated(BLOCKS));
        assertThat(decompressed(source, new UnpackRoom(), decoders)).isEqualTo(Packed.concatenated(BLOCKS));
        byte[] several =
                Packed.concatenated(source, new byte[4], Packed.with("xz", random(9)), CraftedXz.of(random(8)));
        assertThat(decompressed(several, new UnpackRoom(), decoders)).isEqualTo(byOthers(several));
    }

    @Test
    void blocks_come_out_one_by_one_while_another_file_has_the_room() throws IOException {
        UnpackRoom taken = new UnpackRoom();
        assertThat(taken.tryToTake()).isTrue();
        byte[] source = CraftedXz.of(BLOCKS);
        assertThat(decompressed(source, taken, 4)).isEqualTo(Packed.concatenated(BLOCKS));
    }

    @Test
    void a_block_that_is_too_large_to_be_decoded_ahead_comes_out_in_its_turn() throws IOException {
        byte[] source = CraftedXz.of(random(10), new byte[(32 << 20) + 1], random(11), new byte[33 << 20], random(12));
        assertThat(Arrays.equals(decompressed(source, new UnpackRoom(), 2), byOthers(source)))
                .isTrue();
    }

    @Test
    void whatever_it_is_cut_to_it_is_cut_off() throws IOException {
        byte[] source = CraftedXz.of(random(100), new byte[200], random(30));
        for (int length = 6; length < source.length; length++) {
            assertRefused(Arrays.copyOf(source, length), Fault.COMPRESSION_TRUNCATED);
        }
    }

    @Test
    void an_index_of_other_blocks_is_damage() throws IOException {
        byte[] one = CraftedXz.of(random(1000), random(2000));
        byte[] other = CraftedXz.of(random(1000), random(2004));
        int index = 40;
        byte[] mixed = Packed.concatenated(
                Arrays.copyOf(one, one.length - index), Arrays.copyOfRange(other, other.length - index, other.length));
        assertThat(read(one)).hasSize(3000);
        assertRefused(mixed, Fault.COMPRESSION_DAMAGED);
    }

    @Test
    void what_is_spoilt_anywhere_is_refused() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] sound = CraftedXz.of(random(500), new byte[5000], random(300));
        for (int round = 0; round < 500; round++) {
            byte[] source = sound.clone();
            source[random.nextInt(6, source.length)] ^= (byte) (1 << random.nextInt(8));
            assertThat(catchThrowable(() -> read(source)))
                    .as("seed %s, round %s", seed, round)
                    .isInstanceOf(UnpackException.class);
        }
    }
}
