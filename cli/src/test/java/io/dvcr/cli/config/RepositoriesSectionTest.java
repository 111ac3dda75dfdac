package io.dvcr.cli.config;

import static io.dvcr.cli.config.Sources.faults;
import static io.dvcr.cli.config.Sources.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.storage.RepositoryPattern;
import io.dvcr.storage.TagPattern;
import io.dvcr.storage.policy.ImmutabilityRule;
import io.dvcr.storage.policy.QuotaRule;
import io.dvcr.storage.policy.RepositoryPolicies;
import io.dvcr.storage.policy.RetentionRule;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RepositoriesSectionTest {
    private static final String RULES = """
            repositories:
              quotas:
                - {repositories: "vms/**", limit: 100GiB}
              immutableTags:
                - {repositories: "vms/**", tags: "v*"}
                - repositories: "releases/*"
              retention:
                - repositories: "ci/**"
                  tags: "nightly-*"
                  keepNewest: 10
                  keepYounger: 30d
                  keepTags: [latest, "v*"]
                  untaggedAfter: 7d
                - {repositories: "**", untaggedAfter: 1d}
            """;

    @Test
    void rules_are_read_in_their_order() throws ConfigurationException {
        assertThat(read(RULES).value().repositories())
                .isEqualTo(new RepositoryPolicies(
                        List.of(new QuotaRule(RepositoryPattern.of("vms/**"), 100L << 30)),
                        List.of(
                                new ImmutabilityRule(RepositoryPattern.of("vms/**"), new TagPattern("v*")),
                                new ImmutabilityRule(RepositoryPattern.of("releases/*"), TagPattern.ALL)),
                        List.of(
                                new RetentionRule(
                                        RepositoryPattern.of("ci/**"),
                                        new TagPattern("nightly-*"),
                                        OptionalInt.of(10),
                                        Optional.of(Duration.ofDays(30)),
                                        List.of(new TagPattern("latest"), new TagPattern("v*")),
                                        Optional.of(Duration.ofDays(7))),
                                new RetentionRule(
                                        RepositoryPattern.ALL,
                                        TagPattern.ALL,
                                        OptionalInt.empty(),
                                        Optional.empty(),
                                        List.of(),
                                        Optional.of(Duration.ofDays(1))))));
    }

    @Test
    void what_is_shown_is_read_as_the_same_rules() throws ConfigurationException {
        LoadedConfiguration configuration = read(RULES);
        assertThat(read(configuration.toYaml()).value()).isEqualTo(configuration.value());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "quotas: [{limit: 1G}]; repositories.quotas[0].repositories: is missing",
                "quotas: [{repositories: a}]; repositories.quotas[0].limit: is missing",
                "quotas: [{repositories: A, limit: 1G}]; repositories.quotas[0].repositories: invalid repository pattern \"A\"",
                "immutableTags: [{repositories: a, tags: a/b}]; repositories.immutableTags[0].tags: invalid tag pattern \"a/b\"",
                "retention: [{repositories: a}]; repositories.retention[0]: a retention rule needs keepNewest",
                "retention: [{repositories: a, keepNewest: 0}]; repositories.retention[0].keepNewest: must be from 1",
                "retention: [{repositories: a, keepTags: [b]}]; repositories.retention[0]: a retention rule needs keepNewest",
            })
    void a_rule_that_says_nothing_of_use_is_a_fault(String rule, String fault) {
        assertThat(faults("repositories: {" + rule + "}"))
                .singleElement()
                .asString()
                .contains(fault);
    }
}
