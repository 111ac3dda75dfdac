package io.dvcr.storage.content;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.storage.Digest;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DigestSetTest {
    private final DigestSet digests = new DigestSet();

    @Test
    void holds_what_was_added_however_often_and_nothing_else() {
        for (int round = 0; round < 5; round++) {
            IntStream.range(0, 3000).mapToObj(DigestSetTest::digest).forEach(digests::add);
            assertThat(digests.contains(digest(2999))).isTrue();
        }
        assertThat(IntStream.range(0, 3000).mapToObj(DigestSetTest::digest)).allMatch(digests::contains);
        assertThat(IntStream.range(3000, 6000).mapToObj(DigestSetTest::digest)).noneMatch(digests::contains);
    }

    @Test
    void one_that_is_added_a_million_times_takes_the_room_of_one() {
        Digest shared = digest(1);
        for (int i = 0; i < 1_000_000; i++) {
            digests.add(shared);
        }
        assertThat(digests.capacity()).isEqualTo(new DigestSet().capacity());
    }

    private static Digest digest(int number) {
        return Digest.sha256(String.valueOf(number).getBytes(StandardCharsets.UTF_8));
    }
}
