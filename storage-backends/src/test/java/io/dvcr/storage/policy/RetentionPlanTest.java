package io.dvcr.storage.policy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.RepositoryPattern;
import io.dvcr.storage.Tag;
import io.dvcr.storage.TagPattern;
import io.dvcr.storage.policy.RepositoryContents.LinkedManifest;
import io.dvcr.storage.policy.RepositoryContents.TaggedManifest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** Manifests are called by letters, and ages given in days. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class RetentionPlanTest {
    private static final RepositoryName VMS = new RepositoryName("vms/debian");
    private static final String MEDIA_TYPE = "application/vnd.oci.image.manifest.v1+json";
    private static final Instant NOW = Instant.parse("2026-01-31T00:00:00Z");

    private final List<TaggedManifest> tags = new ArrayList<>();
    private final List<LinkedManifest> manifests = new ArrayList<>();
    private final List<ImmutabilityRule> immutable = new ArrayList<>();
    private final Map<Digest, String> names = new HashMap<>();

    @Test
    void without_a_rule_everything_stays() {
        image("a", 100);
        untagged("b", 100);
        assertThat(removed()).isEmpty();
        assertThat(removed(rule("other/**", "*").newest(1).build())).isEmpty();
    }

    @Test
    void the_newest_stay_and_the_others_go_with_their_manifests() {
        image("a", 4);
        image("b", 3);
        image("c", 2);
        image("d", 1);
        assertThat(removed(all().newest(2).build())).containsExactlyInAnyOrder("a:", "a", "b:", "b");
    }

    @Test
    void the_young_stay() {
        image("a", 8);
        image("b", 7);
        image("c", 6);
        assertThat(removed(all().younger(7).build())).containsExactlyInAnyOrder("a:", "a", "b:", "b");
    }

    @Test
    void what_one_condition_keeps_stays_whatever_the_others_say() {
        image("a", 9);
        image("b", 8);
        image("latest", 30);
        image("c", 1);
        assertThat(removed(all().newest(2).younger(7).keep("late*").build())).containsExactlyInAnyOrder("a:", "a");
    }

    @Test
    void a_tag_that_is_always_kept_does_not_count_among_the_newest() {
        image("latest", 1);
        image("a", 2);
        image("b", 3);
        assertThat(removed(all().newest(1).keep("latest").build())).containsExactlyInAnyOrder("b:", "b");
    }

    @Test
    void a_tag_follows_the_first_rule_that_is_about_it() {
        image("nightly-1", 9);
        image("nightly-2", 8);
        image("v1", 9);
        image("v2", 8);
        assertThat(removed(
                        rule("vms/*", "nightly-*").newest(1).build(),
                        rule("**", "*").younger(365).build()))
                .containsExactlyInAnyOrder("nightly-1:", "nightly-1");
    }

    @Test
    void a_tag_that_no_rule_is_about_stays() {
        image("v1", 100);
        image("nightly-1", 100);
        image("nightly-2", 99);
        assertThat(removed(rule("**", "nightly-*").newest(1).build()))
                .containsExactlyInAnyOrder("nightly-1:", "nightly-1");
    }

    @Test
    void an_immutable_tag_stays() {
        immutable.add(new ImmutabilityRule(RepositoryPattern.ALL, new TagPattern("v*")));
        image("v1", 100);
        image("a", 90);
        image("b", 80);
        assertThat(removed(all().newest(1).build())).containsExactlyInAnyOrder("a:", "a");
    }

    @Test
    void a_manifest_stays_while_another_tag_names_it() {
        image("a", 9);
        tag("again", "a", 1);
        assertThat(removed(all().newest(1).build())).containsExactly("a:");
    }

    @Test
    void a_manifest_goes_with_its_last_tag() {
        image("a", 9);
        tag("again", "a", 8);
        image("b", 1);
        assertThat(removed(all().newest(1).build())).containsExactlyInAnyOrder("a:", "again:", "a");
    }

    @Test
    void an_index_takes_its_children_with_it_but_for_those_that_others_need() {
        untagged("x", 9);
        untagged("y", 9);
        index("a", 9, "x", "y");
        index("b", 1, "y");
        assertThat(removed(all().newest(1).build())).containsExactlyInAnyOrder("a:", "a", "x");
    }

    @Test
    void a_child_that_has_a_tag_of_its_own_stays_with_it() {
        image("x", 1);
        index("a", 9, "x");
        assertThat(removed(all().newest(1).build())).containsExactlyInAnyOrder("a:", "a");
    }

    @Test
    void a_child_loses_its_tag_but_stays_while_its_index_stays() {
        image("x", 9);
        index("a", 1, "x");
        assertThat(removed(all().newest(1).build())).containsExactly("x:");
    }

    @Test
    void referrers_go_with_their_subject_at_any_distance() {
        image("a", 9);
        referrer("signature", 5, "a");
        referrer("signature of signature", 5, "signature");
        image("b", 1);
        referrer("other signature", 1, "b");
        assertThat(removed(all().newest(1).build()))
                .containsExactlyInAnyOrder("a:", "a", "signature", "signature of signature");
    }

    @Test
    void the_subject_of_a_referrer_that_stays_stays_and_so_do_its_other_referrers() {
        image("a", 9);
        referrer("sbom", 2, "a");
        tag("sbom", "sbom", 2);
        referrer("signature", 9, "a");
        assertThat(removed(all().newest(1).build())).containsExactly("a:");
    }

    @Test
    void a_companion_tag_follows_what_it_belongs_to_and_counts_for_nothing() {
        image("a", 9);
        companion("a.sig", 9, "a");
        image("b", 8);
        companion("b.sig", 1, "b");
        assertThat(removed(all().newest(1).build()))
                .containsExactlyInAnyOrder("a:", "a", "sha256-" + digest("a").hex() + ".sig:", "a.sig");
    }

    @Test
    void a_companion_tag_that_a_rule_keeps_keeps_what_it_belongs_to() {
        image("a", 9);
        companion("a.sig", 9, "a");
        image("b", 8);
        assertThat(removed(all().newest(1).keep("sha256-*").build())).containsExactly("a:");
    }

    @Test
    void untagged_manifests_go_only_where_a_rule_says_so_and_when_they_are_old_enough() {
        untagged("a", 8);
        untagged("b", 6);
        assertThat(removed(all().younger(1).build())).isEmpty();
        assertThat(removed(all().untagged(7).build())).containsExactly("a");
    }

    @Test
    void a_rule_about_untagged_manifests_alone_leaves_tags_alone() {
        image("a", 100);
        untagged("b", 100);
        assertThat(removed(all().untagged(7).build())).containsExactly("b");
    }

    @Test
    void untagged_manifests_that_something_leads_to_stay() {
        untagged("x", 100);
        index("a", 1, "x");
        referrer("signature", 100, "x");
        referrer("orphan", 100, "gone");
        assertThat(removed(all().untagged(7).build())).containsExactly("orphan");
    }

    @Test
    void nothing_goes_that_may_belong_to_an_unfinished_push() {
        image("a", 9);
        manifests.add(new LinkedManifest(
                digest("x"), MEDIA_TYPE, NOW.minus(Duration.ofMinutes(5)), Set.of(), Optional.empty()));
        index("b", 8, "x");
        image("c", 1);
        assertThat(removed(all().newest(1).untagged(1).build())).containsExactlyInAnyOrder("a:", "a");
    }

    @Test
    void what_belongs_together_goes_together_the_top_first() {
        untagged("x", 9);
        index("a", 9, "x");
        tag("again", "a", 9);
        image("b", 1);
        List<Removal> plan = plan(all().newest(1).build());
        assertThat(plan).hasSize(1);
        assertThat(plan.getFirst().manifests())
                .extracting(manifest -> manifest.entry().digest())
                .containsExactly(digest("a"), digest("x"));
        assertThat(plan.getFirst().tags()).hasSize(2);
    }

    @Test
    void what_belongs_to_two_goes_with_the_last_of_them() {
        untagged("x", 9);
        index("a", 9, "x");
        index("b", 8, "x");
        image("c", 1);
        assertThat(plan(all().newest(1).build()))
                .extracting(removal -> removal.manifests().size())
                .containsExactly(1, 2);
    }

    @Test
    void the_reasons_can_be_understood() {
        untagged("x", 30);
        index("a", 30, "x");
        untagged("u", 30);
        image("b", 1);
        List<Removal> plan = plan(all().newest(1).younger(7).untagged(14).build());
        Map<String, String> reasons = plan.stream()
                .flatMap(removal -> Stream.concat(
                        removal.tags().stream().map(tag -> Map.entry(tag.entry().tag() + ":", tag.reason())),
                        removal.manifests().stream()
                                .map(manifest -> Map.entry(name(manifest.entry().digest()), manifest.reason()))))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        assertThat(reasons)
                .containsOnly(
                        Map.entry("a:", "not among the newest 1, pushed over 7 days ago"),
                        Map.entry("a", "its last tag goes"),
                        Map.entry("x", "belongs to " + digest("a") + ", which goes"),
                        Map.entry("u", "untagged for over 14 days"));
    }

    @Test
    void a_tag_that_names_nothing_goes_by_the_rules_too() {
        tag("a", "gone", 9);
        image("b", 1);
        assertThat(removed(all().newest(1).build())).containsExactly("a:");
    }

    /** Of any repository: what stays is whole, and what is removed was named by nothing that stays. */
    @Test
    void what_stays_is_whole_in_any_repository() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int removedInAll = 0;
        for (int round = 0; round < 300; round++) {
            clear();
            List<String> names = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                addAnything(random, "m" + i, names);
            }
            Set<String> removed = new HashSet<>(
                    removed(all().newest(3).keep("keep*").untagged(20).build()));
            assertWhole("seed %d, round %d".formatted(seed, round), removed);
            removedInAll += removed.size();
        }
        assertThat(removedInAll).as("seed %d", seed).isPositive();
    }

    private void addAnything(Random random, String name, List<String> names) {
        int age = 1 + random.nextInt(40);
        Set<Digest> children = new HashSet<>();
        for (int i = 0; !names.isEmpty() && i < random.nextInt(3); i++) {
            children.add(digest(names.get(random.nextInt(names.size()))));
        }
        Optional<Digest> subject = names.isEmpty() || random.nextInt(3) > 0
                ? Optional.empty()
                : Optional.of(digest(names.get(random.nextInt(names.size()))));
        manifests.add(new LinkedManifest(digest(name), MEDIA_TYPE, days(age), children, subject));
        names.add(name);
        for (int i = random.nextInt(3); i > 0; i--) {
            tag((random.nextInt(4) == 0 ? "keep-" : "t-") + name + "-" + i, name, 1 + random.nextInt(40));
        }
        if (random.nextInt(8) == 0) {
            String about = names.get(random.nextInt(names.size()));
            tag("sha256-" + digest(about).hex() + ".x" + name, name, age);
        }
    }

    private void assertWhole(String as, Set<String> removed) {
        for (TaggedManifest tag : tags) {
            if (!removed.contains(tag.tag() + ":")) {
                assertThat(removed).as(as).doesNotContain(name(tag.manifest()));
            }
            if (tag.tag().value().startsWith("keep-")) {
                assertThat(removed).as(as).doesNotContain(tag.tag() + ":");
            }
        }
        for (LinkedManifest manifest : manifests) {
            boolean stays = !removed.contains(name(manifest.digest()));
            if (stays) {
                manifest.children().forEach(child -> assertThat(removed).as(as).doesNotContain(name(child)));
                manifest.subject()
                        .ifPresent(subject -> assertThat(removed).as(as).doesNotContain(name(subject)));
            } else {
                manifest.subject()
                        .ifPresent(subject -> assertThat(removed).as(as).contains(name(subject)));
            }
        }
    }

    @Test
    void a_rule_that_cannot_be_meant_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> all().newest(0).build())
                .withMessageContaining("keepNewest must be 1 or more");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> all().younger(0).build())
                .withMessageContaining("keepYounger must be longer than 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> all().keep("latest").build())
                .withMessageContaining("needs keepNewest, keepYounger or untaggedAfter");
    }

    private void image(String name, int age) {
        untagged(name, age);
        tag(name, name, age);
    }

    private void untagged(String name, int age) {
        manifests.add(new LinkedManifest(digest(name), MEDIA_TYPE, days(age), Set.of(), Optional.empty()));
    }

    private void index(String name, int age, String... children) {
        Set<Digest> named = Stream.of(children).map(this::digest).collect(Collectors.toSet());
        manifests.add(new LinkedManifest(digest(name), MEDIA_TYPE, days(age), named, Optional.empty()));
        tag(name, name, age);
    }

    private void referrer(String name, int age, String subject) {
        manifests.add(new LinkedManifest(digest(name), MEDIA_TYPE, days(age), Set.of(), Optional.of(digest(subject))));
    }

    private void companion(String name, int age, String subject) {
        untagged(name, age);
        tag("sha256-" + digest(subject).hex() + ".sig", name, age);
    }

    private void tag(String tag, String name, int age) {
        tags.add(new TaggedManifest(new Tag(tag), digest(name), days(age)));
    }

    private void clear() {
        tags.clear();
        manifests.clear();
        names.clear();
    }

    private static Instant days(int age) {
        return NOW.minus(Duration.ofDays(age));
    }

    private String name(Digest digest) {
        return names.getOrDefault(digest, "?");
    }

    private Digest digest(String name) {
        Digest digest = Digest.sha256(name.getBytes(UTF_8));
        names.put(digest, name);
        return digest;
    }

    private List<Removal> plan(RetentionRule... rules) {
        RepositoryPolicies policies = new RepositoryPolicies(List.of(), immutable, List.of(rules));
        return RetentionPlan.of(new RepositoryContents(VMS, tags, manifests), policies, NOW);
    }

    /** Tags with a colon behind them, manifests without. */
    private List<String> removed(RetentionRule... rules) {
        List<String> removed = new ArrayList<>();
        for (Removal removal : plan(rules)) {
            removal.tags().forEach(tag -> removed.add(tag.entry().tag() + ":"));
            removal.manifests()
                    .forEach(manifest -> removed.add(name(manifest.entry().digest())));
        }
        return removed;
    }

    private static RuleBuilder all() {
        return rule("**", "*");
    }

    private static RuleBuilder rule(String repositories, String tags) {
        return new RuleBuilder(repositories, tags);
    }

    private static final class RuleBuilder {
        private final RepositoryPattern repositories;
        private final TagPattern tags;
        private final List<TagPattern> keep = new ArrayList<>();
        private OptionalInt newest = OptionalInt.empty();
        private Optional<Duration> younger = Optional.empty();
        private Optional<Duration> untagged = Optional.empty();

        RuleBuilder(String repositories, String tags) {
            this.repositories = RepositoryPattern.of(repositories);
            this.tags = new TagPattern(tags);
        }

        RuleBuilder newest(int count) {
            newest = OptionalInt.of(count);
            return this;
        }

        RuleBuilder younger(int days) {
            younger = Optional.of(Duration.ofDays(days));
            return this;
        }

        RuleBuilder keep(String pattern) {
            keep.add(new TagPattern(pattern));
            return this;
        }

        RuleBuilder untagged(int days) {
            untagged = Optional.of(Duration.ofDays(days));
            return this;
        }

        RetentionRule build() {
            return new RetentionRule(repositories, tags, newest, younger, keep, untagged);
        }
    }
}
