package io.dvcr.storage.content;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.storage.Digest;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** An account of a repository that may hold a hundred bytes. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class RepositoryAccountTest {
    private static final Digest A = Digest.sha256(new byte[] {1});
    private static final Digest B = Digest.sha256(new byte[] {2});

    private final RepositoryAccount account = new RepositoryAccount();

    private Charge charge(Digest digest, long bytes) {
        return account.charge(digest, bytes, 100).orElseThrow();
    }

    private boolean hasRoom(long bytes) {
        return account.hasRoom(bytes, 100);
    }

    private static HeldContent.Count counted(long bytes, Digest... seen) {
        DigestSet blobs = new DigestSet();
        for (Digest digest : seen) {
            blobs.add(digest);
        }
        return new HeldContent.Count(bytes, blobs, new DigestSet());
    }

    @Test
    void room_is_taken_until_the_content_has_come_or_does_not_come() {
        Charge comes = charge(A, 60);
        assertThat(account.charge(B, 41, 100)).isEmpty();
        Charge doesNot = charge(B, 40);
        assertThat(hasRoom(1)).isFalse();
        doesNot.close();
        assertThat(hasRoom(40)).isTrue();
        comes.settle();
        comes.close();
        assertThat(account.heldBytes()).isEqualTo(60);
        assertThat(hasRoom(41)).isFalse();
    }

    @Test
    void content_that_two_add_at_once_takes_room_once() {
        Charge one = charge(A, 60);
        Charge two = charge(A, 60);
        assertThat(hasRoom(40)).isTrue();
        one.close(); // failed
        assertThat(hasRoom(41)).isFalse();
        two.settle();
        two.close();
        assertThat(account.heldBytes()).isEqualTo(60);
    }

    @Test
    void what_comes_during_a_count_and_is_seen_by_it_is_held_once() {
        account.beginCount();
        try (Charge charge = charge(A, 60)) {
            charge.settle();
        }
        account.endCount(counted(60, A));
        assertThat(account.heldBytes()).isEqualTo(60);
    }

    @Test
    void what_comes_during_a_count_and_is_not_seen_by_it_is_held() {
        account.beginCount();
        try (Charge charge = charge(A, 60)) {
            charge.settle();
        }
        account.endCount(counted(10, B));
        assertThat(account.heldBytes()).isEqualTo(70);
    }

    @Test
    void what_a_count_sees_before_it_is_settled_is_held_once() {
        try (Charge charge = charge(A, 60)) {
            account.beginCount();
            account.endCount(counted(60, A));
            assertThat(hasRoom(40)).isTrue();
            charge.settle();
        }
        assertThat(account.heldBytes()).isEqualTo(60);
        assertThat(hasRoom(40)).isTrue();
    }

    @Test
    void what_was_removed_is_gone_with_the_next_count() {
        try (Charge charge = charge(A, 60)) {
            charge.settle();
        }
        account.beginCount();
        account.endCount(counted(0));
        assertThat(account.heldBytes()).isZero();
        assertThat(hasRoom(100)).isTrue();
    }

    @Test
    void a_count_that_failed_changes_nothing() {
        account.beginCount();
        try (Charge charge = charge(A, 60)) {
            charge.settle();
        }
        account.abandonCount();
        assertThat(account.heldBytes()).isEqualTo(60);

        account.beginCount();
        account.endCount(counted(5, B));
        assertThat(account.heldBytes()).isEqualTo(5);
    }
}
