package io.dvcr.storage.content;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.storage.Digest;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryError.ManifestListed;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.Tag;
import io.dvcr.storage.policy.RepositoryPolicies;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What an index lists stays as long as the index does. */
class ListedManifestTest extends PolicyTest {
    @Override
    RepositoryPolicies policies() {
        return RepositoryPolicies.DEFAULTS;
    }

    private boolean has(Digest manifest) throws IOException {
        return content.manifests().find(VMS, new Reference.ByDigest(manifest)).isPresent();
    }

    @Test
    void what_an_index_lists_cannot_be_deleted_before_it() throws IOException {
        Digest child = plain("child");
        Digest index = index("index", List.of(child), "12");

        assertRefused(() -> content.removals().delete(VMS, child), ManifestListed.class)
                .isEqualTo(new ManifestListed(VMS, child, index, List.of(new Tag("12"))))
                .extracting(ManifestListed::message)
                .isEqualTo("manifest " + child + " of vms/debian belongs to index " + index
                        + " (tag 12): delete that instead");
        assertRefused(() -> content.removals().deleteWhole(VMS, child), ManifestListed.class);
        assertThat(has(child)).isTrue();

        content.removals().delete(VMS, index);
        content.removals().delete(VMS, child);
        assertThat(content.catalog().contains(VMS)).isFalse();
    }

    @Test
    void an_index_without_a_tag_keeps_what_it_lists_and_is_kept_by_another() throws IOException {
        Digest child = plain("child");
        Digest inner = index("inner", List.of(child));
        Digest outer = index("outer", List.of(inner));

        assertRefused(() -> content.removals().delete(VMS, child), ManifestListed.class)
                .isEqualTo(new ManifestListed(VMS, child, inner, List.of()));
        assertRefused(() -> content.removals().delete(VMS, inner), ManifestListed.class);
        content.removals().delete(VMS, outer);
        content.removals().deleteWhole(VMS, inner);
        assertThat(has(child)).isFalse();
    }

    @Test
    void the_last_tag_of_what_an_index_lists_goes_alone() throws IOException {
        Digest child = plain("child", "face");
        index("index", List.of(child), "12");
        content.removals().untagWhole(VMS, new Tag("face"));

        assertThat(content.tags().resolve(VMS, new Tag("face"))).isEmpty();
        assertThat(has(child)).isTrue();
    }

    @Test
    void a_damaged_index_keeps_nobody_from_deleting() throws IOException {
        Digest child = plain("child");
        Digest index = index("index", List.of(child), "12");
        store.delete(StoreLayout.blob(index));
        content.removals().delete(VMS, child);
        assertThat(has(child)).isFalse();
    }

    /** Either the push finds no child, or nobody deletes it. */
    @Test
    void a_delete_and_an_index_at_once_leave_no_tag_that_leads_nowhere() throws Exception {
        for (int round = 0; round < 50; round++) {
            Digest child = plain("child " + round);
            String tag = "t-" + round;
            String note = "index " + round;
            try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<Boolean> push = clients.submit(() -> succeeds(() -> index(note, List.of(child), tag)));
                Future<Boolean> delete =
                        clients.submit(() -> succeeds(() -> content.removals().delete(VMS, child)));
                assertThat(push.get()).isNotEqualTo(delete.get());
                assertThat(has(child)).isEqualTo(push.get());
            }
            assertThat(content.tags().resolve(VMS, new Tag(tag)).isPresent()).isEqualTo(has(child));
        }
    }

    private interface Request {
        void run() throws IOException;
    }

    private static boolean succeeds(Request request) throws IOException {
        try {
            request.run();
            return true;
        } catch (RegistryException e) {
            return false;
        }
    }
}
