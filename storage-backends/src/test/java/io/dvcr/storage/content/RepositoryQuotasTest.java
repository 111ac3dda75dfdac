package io.dvcr.storage.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.storage.Digest;
import io.dvcr.storage.Digest.Algorithm;
import io.dvcr.storage.RegistryError.QuotaExceeded;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.RepositoryPattern;
import io.dvcr.storage.Tag;
import io.dvcr.storage.policy.QuotaRule;
import io.dvcr.storage.policy.RepositoryPolicies;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** A repository that may hold a thousand bytes. */
class RepositoryQuotasTest extends PolicyTest {
    private static final long QUOTA = 1000;

    @Override
    RepositoryPolicies policies() {
        return new RepositoryPolicies(
                List.of(
                        new QuotaRule(RepositoryPattern.of("vms/large/**"), 10 * QUOTA),
                        new QuotaRule(RepositoryPattern.of("vms/**"), QUOTA)),
                List.of(),
                List.of());
    }

    private long held() throws IOException {
        return content.quotas().usage(VMS).heldBytes();
    }

    @Test
    void what_fits_is_taken_to_the_last_byte() throws IOException {
        upload(bytes(600, 1));
        upload(bytes(400, 2));
        assertThat(held()).isEqualTo(QUOTA);
    }

    @Test
    void what_does_not_fit_is_refused_with_both_numbers_and_leaves_nothing() throws IOException {
        upload(bytes(600, 1));
        assertRefused(() -> upload(bytes(401, 2)), QuotaExceeded.class)
                .isEqualTo(new QuotaExceeded(VMS, 600, 401, QUOTA))
                .extracting(QuotaExceeded::message)
                .isEqualTo("repository vms/debian holds 600 bytes of its quota of 1000;"
                        + " adding 401 bytes would exceed it");
        assertThat(held()).isEqualTo(600);
        assertThat(keys("uploads/")).isEmpty();
        assertThat(keys("blobs/")).hasSize(1);
    }

    @Test
    void an_upload_is_refused_on_the_way_as_soon_as_it_outgrows_the_room() throws IOException {
        try (Upload upload = content.uploads().begin(VMS, Algorithm.SHA256)) {
            InputStream endless = new SequenceInputStream(stream(bytes(2000, 1)), new FailingStream());
            assertRefused(() -> upload.append(endless, 1 << 20), QuotaExceeded.class);
        }
        assertThat(keys("uploads/")).isEmpty();
    }

    @Test
    void an_upload_to_a_full_repository_is_refused_before_it_begins() throws IOException {
        upload(bytes(1000, 1));
        assertRefused(() -> content.uploads().begin(VMS, Algorithm.SHA256), QuotaExceeded.class);
        assertThat(keys("uploads/")).isEmpty();
    }

    @Test
    void a_blob_that_the_repository_has_already_takes_no_more_room() throws IOException {
        upload(bytes(900, 1));
        content.blobs().put(VMS, Digest.sha256(bytes(900, 1)), buffer(bytes(900, 1)));
        upload(bytes(100, 2));
        assertThat(held()).isEqualTo(QUOTA);
    }

    @Test
    void a_blob_counts_in_every_repository_that_has_it() throws IOException {
        upload(content, OTHER, bytes(900, 1));
        upload(bytes(200, 2));
        assertRefused(() -> content.blobs().mount(OTHER, VMS, Digest.sha256(bytes(900, 1))), QuotaExceeded.class);
        assertThat(content.blobs().find(VMS, Digest.sha256(bytes(900, 1)))).isEmpty();

        upload(content, OTHER, bytes(800, 3));
        content.blobs().mount(OTHER, VMS, Digest.sha256(bytes(800, 3)));
        assertThat(held()).isEqualTo(QUOTA);
    }

    @Test
    void manifests_count_and_the_same_manifest_again_does_not() throws IOException {
        plain("a".repeat(500), "12");
        long size = held();
        assertThat(size).isBetween(500L, 700L);
        plain("a".repeat(500), "13");
        assertThat(held()).isEqualTo(size);

        assertRefused(() -> plain("b".repeat(500), "12"), QuotaExceeded.class);
        assertThat(content.tags().resolve(VMS, new Tag("12"))).isPresent();
        assertThat(keys("repositories/vms/debian/_manifests/")).hasSize(1);
        assertThat(keys("pending/")).isEmpty();
    }

    @Test
    void the_first_rule_that_is_for_a_repository_counts() throws IOException {
        upload(content, new RepositoryName("vms/large/debian"), bytes(9000, 1));
        upload(content, OTHER, bytes(90_000, 2));
        assertThat(content.quotas().usage(OTHER)).isEqualTo(new RepositoryQuotas.Usage(90_000, OptionalLong.empty()));
    }

    @Test
    void room_that_a_delete_made_is_there_at_once() throws IOException {
        Digest blob = upload(bytes(900, 1));
        assertRefused(() -> upload(bytes(200, 2)), QuotaExceeded.class);
        content.blobs().delete(VMS, blob);
        upload(bytes(200, 2));
        assertThat(held()).isEqualTo(200);
    }

    @Test
    void room_that_garbage_collection_made_is_there_at_once() throws IOException {
        upload(bytes(900, 1));
        assertRefused(() -> upload(bytes(200, 2)), QuotaExceeded.class);
        content.garbage().collect(NO_GRACE, false);
        upload(bytes(200, 2));
        assertThat(held()).isEqualTo(200);
    }

    @Test
    void what_garbage_collection_set_aside_does_not_come_back_into_a_full_repository() throws IOException {
        Digest blob = upload(bytes(900, 1));
        content.garbage().collect(NO_GRACE, false);
        upload(bytes(900, 2));

        assertRefused(() -> content.blobs().find(VMS, blob), QuotaExceeded.class);
        assertThat(held()).isEqualTo(900);

        content.blobs().delete(VMS, Digest.sha256(bytes(900, 2)));
        assertThat(content.blobs().find(VMS, blob)).isPresent();
        assertThat(held()).isEqualTo(900);
    }

    @Test
    void a_server_that_starts_knows_what_is_held() throws IOException {
        upload(bytes(900, 1));
        assertRefused(() -> upload(another(), VMS, bytes(200, 2)), QuotaExceeded.class);
    }

    @Test
    void what_another_server_added_or_removed_is_known_after_a_while() throws IOException {
        upload(bytes(100, 1));
        ContentStore other = after(Duration.ZERO);
        assertThat(other.quotas().usage(VMS).heldBytes()).isEqualTo(100);
        upload(bytes(850, 2));

        ContentStore later = after(Duration.ofMinutes(2));
        assertRefused(() -> upload(later, VMS, bytes(200, 3)), QuotaExceeded.class);
    }

    @Test
    void blobs_of_sha512_count_like_others() throws IOException {
        byte[] blob = bytes(900, 1);
        try (Upload upload = content.uploads().begin(VMS, Algorithm.SHA512)) {
            upload.append(stream(blob), 1 << 20);
            upload.commit(Digest.of(Algorithm.SHA512, Algorithm.SHA512.newHash().digest(blob)));
        }
        assertThat(held()).isEqualTo(900);
        assertThat(another().quotas().usage(VMS).heldBytes()).isEqualTo(900);
    }

    @Test
    void what_came_to_nothing_takes_no_room() throws IOException {
        assertThatThrownBy(() -> {
                    try (BlobDraft draft = content.blobs().draft(VMS)) {
                        draft.put(Digest.sha256(bytes(600, 1)), buffer(bytes(600, 1)));
                        draft.put(Digest.sha256(bytes(600, 2)), buffer(bytes(600, 2)));
                    }
                })
                .isInstanceOf(RegistryException.class);
        assertThat(held()).isZero();

        try (BlobDraft draft = content.blobs().draft(VMS)) {
            draft.put(Digest.sha256(bytes(600, 1)), buffer(bytes(600, 1)));
            draft.keep();
        }
        assertThat(held()).isEqualTo(600);
        assertThat(content.blobs().find(VMS, Digest.sha256(bytes(600, 1)))).isPresent();
    }

    @Test
    void a_draft_takes_back_only_what_it_gave() throws IOException {
        Digest blob = upload(bytes(600, 1));
        try (BlobDraft draft = content.blobs().draft(VMS)) {
            draft.put(blob, buffer(bytes(600, 1)));
        }
        assertThat(held()).isEqualTo(600);
    }

    /** Many servers' threads at once, with a count going on all the time: never more than the quota, nor less than fits. */
    @Test
    void many_at_once_do_not_slip_over_the_quota() throws Exception {
        List<Future<Boolean>> uploads = new ArrayList<>();
        List<Future<Long>> counts = new ArrayList<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 60; i++) {
                int seed = i % 40; // some push the same
                uploads.add(clients.submit(() -> succeeds(bytes(90, seed))));
                counts.add(clients.submit(() -> {
                    content.quotas().freedAnywhere();
                    return held();
                }));
            }
        }
        long stored = keys("repositories/vms/debian/_blobs/").size();
        assertThat(stored * 90).isLessThanOrEqualTo(QUOTA);
        assertThat(stored).isEqualTo(11);
        assertThat(held()).isEqualTo(11 * 90);
        assertThat(another().quotas().usage(VMS).heldBytes()).isEqualTo(11 * 90);
        assertThat(uploads).extracting(Future::get).contains(true, false);
        assertThat(counts).extracting(Future::get).allMatch(held -> held <= QUOTA);
        assertThat(keys("uploads/")).isEmpty();
    }

    private boolean succeeds(byte[] blob) throws IOException {
        try {
            upload(blob);
            return true;
        } catch (RegistryException e) {
            assertThat(e.error()).isInstanceOf(QuotaExceeded.class);
            return false;
        }
    }

    /** Nobody should read it. */
    private static final class FailingStream extends InputStream {
        @Override
        public int read() {
            throw new AssertionError("read on although there is no room");
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            return read();
        }
    }
}
