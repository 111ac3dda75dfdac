package io.dvcr.converters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.storage.Digest;
import io.dvcr.storage.Digest.Algorithm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class BackgroundHashTest {
    private final MessageDigest first = Algorithm.SHA256.newHash();
    private final MessageDigest second = Algorithm.SHA256.newHash();

    @RepeatedTest(5)
    void bytes_zeros_and_parts_are_hashed_in_the_order_in_which_they_came() throws IOException {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(7);
        second.update((byte) 7);
        ByteArrayOutputStream common = new ByteArrayOutputStream();
        try (BackgroundHash hash = new BackgroundHash("test", List.of(first, second), 3)) {
            for (int call = 0; call < 40; call++) {
                byte[] bytes = new byte[random.nextInt(1 << random.nextInt(1, 22))];
                switch (random.nextInt(3)) {
                    case 0 -> hash.zeros(bytes.length);
                    case 1 -> {
                        random.nextBytes(bytes);
                        hash.update(() -> ByteBuffer.wrap(bytes));
                    }
                    default -> {
                        random.nextBytes(bytes);
                        byte[] reused = bytes.clone();
                        hash.update(ByteBuffer.wrap(reused));
                        random.nextBytes(reused);
                    }
                }
                common.writeBytes(bytes);
            }
            hash.drain();
        }
        all.writeBytes(common.toByteArray());

        assertThat(BackgroundHash.digest(first)).as("seed %d", seed).isEqualTo(Digest.sha256(common.toByteArray()));
        assertThat(BackgroundHash.digest(second)).as("seed %d", seed).isEqualTo(Digest.sha256(all.toByteArray()));
    }

    @Test
    void a_part_that_cannot_be_had_fails_whoever_waits() {
        try (BackgroundHash hash = new BackgroundHash("test", List.of(first), 3)) {
            assertThatThrownBy(() -> {
                        hash.update(() -> {
                            throw new IOException("the pack is gone");
                        });
                        hash.drain();
                    })
                    .isInstanceOf(IOException.class)
                    .hasMessage("the pack is gone");
        }
    }

    @Test
    void what_is_hashed_when_it_is_closed_is_abandoned() throws IOException {
        BackgroundHash hash = new BackgroundHash("test", List.of(first), 3);
        hash.zeros(1L << 50);
        hash.close();

        assertThatThrownBy(hash::drain).isInstanceOf(IOException.class);
    }
}
