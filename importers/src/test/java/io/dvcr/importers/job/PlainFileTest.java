package io.dvcr.importers.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PlainFileTest {
    private static final int FOOTER = 512;

    @ParameterizedTest
    @ValueSource(ints = {513, 65_536, 65_537, 65_536 + 262_144, 65_536 + 262_145, 65_536 + 4 * 262_144 + 1, 2_000_000})
    void a_footer_can_be_left_off_wherever_the_pieces_end(int length) throws IOException {
        byte[] file = new byte[length];
        new Random(length).nextBytes(file);
        CollectedDisk collected = new CollectedDisk();
        PlainFile plain = new PlainFile(collected);
        int head = Math.min(length, 65_536);
        plain.take(Arrays.copyOf(file, head), new ByteArrayInputStream(file, head, length - head));
        assertThat(collected.bytes().length).isLessThanOrEqualTo(length - FOOTER);

        plain.finish(length - FOOTER);
        assertThat(collected.bytes()).isEqualTo(Arrays.copyOf(file, length - FOOTER));
    }
}
