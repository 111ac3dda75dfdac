package io.dvcr.storage.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.storage.Digest;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryError.ManifestBlobUnknown;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.RepositoryPattern;
import io.dvcr.storage.Tag;
import io.dvcr.storage.TagPattern;
import io.dvcr.storage.content.RetentionReport.Removed;
import io.dvcr.storage.policy.ImmutabilityRule;
import io.dvcr.storage.policy.RepositoryPolicies;
import io.dvcr.storage.policy.RetentionRule;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** The newest two tags are kept and all that begin with v; untagged manifests for two days. */
class RetentionTest extends PolicyTest {
    private static final Duration LATER = Duration.ofHours(2);

    @Override
    RepositoryPolicies policies() {
        RetentionRule rule = new RetentionRule(
                RepositoryPattern.of("vms/**"),
                TagPattern.ALL,
                OptionalInt.of(2),
                Optional.empty(),
                List.of(),
                Optional.of(Duration.ofDays(2)));
        return new RepositoryPolicies(
                List.of(), List.of(new ImmutabilityRule(RepositoryPattern.ALL, new TagPattern("v*"))), List.of(rule));
    }

    private List<Tag> tags() throws IOException {
        return content.tags().list(VMS, Optional.empty(), 100);
    }

    private boolean exists(Digest manifest) throws IOException {
        return content.manifests().find(VMS, new Reference.ByDigest(manifest)).isPresent();
    }

    private RetentionReport run(Duration later) throws IOException {
        return after(later).retention().run(RepositoryPattern.ALL, Retention.Listener.NONE);
    }

    @Test
    void what_the_rules_do_not_keep_goes_and_its_blobs_become_garbage() throws IOException {
        Digest layer = upload(bytes(100, 1));
        Digest oldest = image("x", List.of(layer), "a");
        Digest signature = referrer("s", oldest);
        plain("b", "b");
        plain("c", "c");

        RetentionReport report = run(LATER);

        assertThat(tags()).extracting(Tag::value).containsExactly("b", "c");
        assertThat(exists(oldest)).isFalse();
        assertThat(exists(signature)).isFalse();
        assertThat(content.referrers()
                        .list(VMS, oldest, Optional.empty(), Optional.empty(), 10)
                        .descriptors())
                .isEmpty();
        assertThat(report.tags()).isEqualTo(1);
        assertThat(report.manifests()).isEqualTo(2);
        assertThat(report.incomplete()).isEmpty();
        assertThat(report.removed())
                .contains(new Removed(VMS, Optional.of(new Tag("a")), oldest, "not among the newest 2"))
                .contains(new Removed(VMS, Optional.empty(), oldest, "its last tag goes"));

        for (int i = 0; i < 4; i++) {
            content.garbage().collect(NO_GRACE, false);
        }
        assertThat(content.blobs().find(VMS, layer)).isEmpty();
    }

    @Test
    void a_dry_run_reports_the_same_and_changes_nothing() throws IOException {
        plain("a", "a");
        plain("b", "b");
        plain("c", "c");
        RetentionReport dry = after(LATER).retention().plan(RepositoryPattern.ALL);
        assertThat(tags()).hasSize(3);
        assertThat(run(LATER)).isEqualTo(dry);
        assertThat(tags()).hasSize(2);
        assertThat(run(LATER).removed()).isEmpty();
    }

    @Test
    void a_tag_is_as_young_as_its_last_push() throws IOException {
        plain("a", "a");
        plain("b", "b");
        plain("c", "c");
        plain("a", "a");
        run(LATER);
        assertThat(tags()).extracting(Tag::value).containsExactly("a", "c");
    }

    @Test
    void immutable_tags_and_all_that_they_lead_to_stay() throws IOException {
        Digest child = plain("x", "x");
        index("a", List.of(child), "v1");
        plain("b", "b");
        plain("c", "c");
        run(LATER);
        assertThat(tags()).extracting(Tag::value).containsExactly("b", "c", "v1");
        assertThat(exists(child)).isTrue();
    }

    @Test
    void untagged_manifests_go_when_their_time_is_over() throws IOException {
        Digest untagged = plain("u");
        plain("a", "a");
        run(LATER);
        assertThat(exists(untagged)).isTrue();
        run(Duration.ofDays(3));
        assertThat(exists(untagged)).isFalse();
    }

    @Test
    void only_the_repositories_that_were_asked_for_are_looked_after() throws IOException {
        plain("a", "a");
        plain("b", "b");
        plain("c", "c");
        after(LATER).retention().run(RepositoryPattern.of("other/**"), Retention.Listener.NONE);
        assertThat(tags()).hasSize(3);
        after(LATER).retention().run(RepositoryPattern.of("vms/debian"), Retention.Listener.NONE);
        assertThat(tags()).hasSize(2);
    }

    @Test
    void an_empty_repository_is_no_longer_listed() throws IOException {
        plain("u");
        run(Duration.ofDays(3));
        assertThat(content.catalog().contains(VMS)).isFalse();
    }

    @Test
    void a_repository_that_cannot_be_read_is_told_and_keeps_nobody_else_from_being_looked_after() throws IOException {
        plain("a", "a");
        plain("b", "b");
        plain("c", "c");
        store.put(StoreLayout.catalogEntry(new RepositoryName("vms/broken")), buffer(new byte[0]));
        store.put(StoreLayout.tag(new RepositoryName("vms/broken"), new Tag("x")), buffer("nonsense".getBytes(UTF_8)));
        RetentionReport report = run(LATER);
        assertThat(report.incomplete()).extracting(Object::toString).containsExactly("vms/broken");
        assertThat(report.tags()).isEqualTo(1);
    }

    @Test
    void what_a_damaged_manifest_may_lead_to_stays() throws IOException {
        Digest child = plain("x");
        Digest index = index("a", List.of(child), "a");
        plain("b", "b");
        plain("c", "c");
        store.put(StoreLayout.blob(index), buffer(bytes(10, 1)));
        assertThat(run(Duration.ofDays(3)).incomplete()).containsExactly(VMS);
        assertThat(exists(child)).isTrue();
        assertThat(tags()).hasSize(3);
    }

    /** Whatever is pushed while retention runs is whole when all is over. */
    @Test
    void pushes_and_retention_at_once_leave_every_tag_whole() throws Exception {
        long seed = System.nanoTime();
        ContentStore future =
                ContentStore.over(store, this::policies, Clock.offset(Clock.systemUTC(), Duration.ofDays(3)));
        content = future; // one server, for which all is old at once
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> pusher = clients.submit(() -> pushAtRandom(new Random(seed)));
            while (!pusher.isDone()) {
                future.retention().run(RepositoryPattern.ALL, Retention.Listener.NONE);
            }
            pusher.get();
        }
        future.retention().run(RepositoryPattern.ALL, Retention.Listener.NONE);
        assertThat(tags().size()).as("seed %d", seed).isLessThanOrEqualTo(2);
        for (Tag tag : tags()) {
            Manifest manifest =
                    content.manifests().get(VMS, new Reference.ByTag(tag)).parsed();
            for (Descriptor child : manifest.manifests()) {
                assertThat(exists(child.digest()))
                        .as("seed %d: child of %s", seed, tag)
                        .isTrue();
            }
        }
    }

    private Void pushAtRandom(Random random) throws IOException {
        for (int i = 0; i < 60; i++) {
            try {
                Digest child = plain("child " + random.nextInt(4));
                index("index " + random.nextInt(20), List.of(child), "t" + random.nextInt(6));
            } catch (RegistryException e) {
                // the child went before its index came, which cannot be while it is young
                assertThat(e.error()).isInstanceOf(ManifestBlobUnknown.class);
            }
        }
        return null;
    }
}
