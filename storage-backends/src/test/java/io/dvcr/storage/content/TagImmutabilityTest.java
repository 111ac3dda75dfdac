package io.dvcr.storage.content;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.storage.Digest;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryError.TagImmutable;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryPattern;
import io.dvcr.storage.Tag;
import io.dvcr.storage.TagPattern;
import io.dvcr.storage.policy.ImmutabilityRule;
import io.dvcr.storage.policy.RepositoryPolicies;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Tags that begin with v are immutable. */
class TagImmutabilityTest extends PolicyTest {
    private static final Tag V1 = new Tag("v1");
    private static final Tag LATEST = new Tag("latest");

    @Override
    RepositoryPolicies policies() {
        return new RepositoryPolicies(
                List.of(),
                List.of(new ImmutabilityRule(RepositoryPattern.of("vms/**"), new TagPattern("v*"))),
                List.of());
    }

    @Test
    void an_immutable_tag_cannot_be_moved() throws IOException {
        Digest first = plain("a", "v1");
        assertRefused(() -> plain("b", "v1"), TagImmutable.class)
                .isEqualTo(new TagImmutable(VMS, V1, first))
                .extracting(TagImmutable::message)
                .asString()
                .startsWith("tag v1 of vms/debian is immutable: it names " + first);
        assertRefused(() -> content.tags().put(VMS, V1, Digest.sha256(new byte[0])), TagImmutable.class);
        assertThat(content.tags().resolve(VMS, V1)).contains(first);
    }

    @Test
    void a_refused_push_leaves_nothing() throws IOException {
        plain("a", "v1");
        assertRefused(() -> plain("b", "latest", "v1"), TagImmutable.class);
        assertThat(content.tags().resolve(VMS, LATEST)).isEmpty();
        assertThat(keys("repositories/vms/debian/_manifests/")).hasSize(1);
        assertThat(keys("pending/")).isEmpty();
    }

    @Test
    void the_same_manifest_can_be_pushed_again() throws IOException {
        Digest first = plain("a", "v1");
        assertThat(plain("a", "v1", "latest")).isEqualTo(first);
        assertThat(content.tags().resolve(VMS, LATEST)).contains(first);
    }

    @Test
    void other_tags_move_and_go() throws IOException {
        plain("a", "latest");
        Digest second = plain("b", "latest");
        assertThat(content.tags().resolve(VMS, LATEST)).contains(second);
        content.tags().delete(VMS, LATEST);
        content.removals().delete(VMS, second);
        assertThat(content.tags().resolve(VMS, LATEST)).isEmpty();
    }

    @Test
    void an_immutable_tag_cannot_be_deleted_nor_its_manifest() throws IOException {
        Digest first = plain("a", "v1", "latest");
        assertRefused(() -> content.tags().delete(VMS, V1), TagImmutable.class);
        assertRefused(() -> content.removals().untag(VMS, V1), TagImmutable.class);
        assertRefused(() -> content.removals().delete(VMS, first), TagImmutable.class);
        assertThat(content.tags().list(VMS, Optional.empty(), 10)).containsExactly(LATEST, V1);

        content.removals().untag(VMS, LATEST);
        assertThat(content.tags().list(VMS, Optional.empty(), 10)).containsExactly(V1);
        assertThat(content.manifests().find(VMS, new Reference.ByDigest(first))).isPresent();
    }

    @Test
    void what_is_not_there_is_not_immutable() throws IOException {
        assertThat(content.tags().delete(VMS, V1)).isFalse();
        content.tags().requireMutable(VMS, V1);
    }

    @Test
    void nothing_can_be_deleted_that_an_immutable_tag_leads_to() throws IOException {
        Digest layer = upload(bytes(100, 1));
        Digest child = image("x", List.of(layer), "x");
        index("a", List.of(child), "v1");
        assertRefused(() -> content.removals().delete(VMS, child), TagImmutable.class);
        assertRefused(() -> content.blobs().delete(VMS, layer), TagImmutable.class);
        content.removals().untag(VMS, new Tag("x"));
        assertThat(content.manifests().find(VMS, new Reference.ByDigest(child))).isPresent();
        assertThat(content.blobs().find(VMS, layer)).isPresent();

        Digest signature = referrer("s", child);
        content.removals().delete(VMS, signature);
    }

    @Test
    void what_a_damaged_immutable_manifest_may_lead_to_cannot_be_deleted() throws IOException {
        Digest layer = upload(bytes(100, 1));
        Digest image = image("x", List.of(layer), "v1");
        store.delete(StoreLayout.blob(image));
        assertRefused(() -> content.blobs().delete(VMS, layer), TagImmutable.class);
        assertThat(image("x", List.of(layer), "v1")).isEqualTo(image);
    }

    @Test
    void the_last_tag_takes_its_manifest_with_it() throws IOException {
        Digest digest = plain("a", "latest", "old");
        content.removals().untag(VMS, LATEST);
        assertThat(content.manifests().find(VMS, new Reference.ByDigest(digest)))
                .isPresent();
        content.removals().untag(VMS, new Tag("old"));
        assertThat(content.manifests().find(VMS, new Reference.ByDigest(digest)))
                .isEmpty();
        assertThat(content.catalog().contains(VMS)).isFalse();
    }

    @Test
    void of_many_who_push_one_immutable_tag_one_wins() throws Exception {
        List<Future<Optional<Digest>>> pushes = new ArrayList<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                int number = i;
                pushes.add(clients.submit(() -> succeeds("m" + number)));
            }
        }
        List<Digest> winners = new ArrayList<>();
        for (Future<Optional<Digest>> push : pushes) {
            push.get().ifPresent(winners::add);
        }
        assertThat(winners).hasSize(1);
        assertThat(content.tags().resolve(VMS, V1)).contains(winners.getFirst());
    }

    private Optional<Digest> succeeds(String note) throws IOException {
        try {
            return Optional.of(plain(note, "v1"));
        } catch (RegistryException e) {
            return Optional.empty();
        }
    }

    /** Whoever is first, a tag that was given for ever names a manifest that is there. */
    @Test
    void a_delete_and_an_immutable_tag_at_once_leave_no_tag_without_its_manifest() throws Exception {
        for (int round = 0; round < 50; round++) {
            String note = "round " + round;
            Tag tag = new Tag("v-" + round);
            Digest digest = plain(note);
            try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<Digest> push = clients.submit(() -> plain(note, tag.value()));
                Future<Boolean> delete = clients.submit(() -> isDeleted(digest));
                assertThat(push.get()).isEqualTo(digest);
                delete.get();
            }
            assertThat(content.tags().resolve(VMS, tag)).contains(digest);
            assertThat(content.manifests().find(VMS, new Reference.ByTag(tag))).isPresent();
        }
    }

    private boolean isDeleted(Digest manifest) throws IOException {
        try {
            content.removals().delete(VMS, manifest);
            return true;
        } catch (RegistryException e) {
            assertThat(e.error()).isInstanceOf(TagImmutable.class);
            return false;
        }
    }
}
