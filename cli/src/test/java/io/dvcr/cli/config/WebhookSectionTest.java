package io.dvcr.cli.config;

import static io.dvcr.cli.config.Sources.faults;
import static io.dvcr.cli.config.Sources.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.event.EventType;
import io.dvcr.registry.event.WebhookEndpoint;
import io.dvcr.storage.RepositoryPattern;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class WebhookSectionTest {
    private static final String FULL = """
            webhooks:
              endpoints:
                - name: audit
                  url: https://example.org/hidden-url
                  secret: hidden-secret
                  headers: ["Authorization: hidden-header"]
                  types: [io.dvcr.manifest.pushed, io.dvcr.import.failed]
                  repositories: ["vms/**", "isos/*"]
                - name: all
                  url: http://127.0.0.1:8080
            """;

    @Test
    void endpoints_are_read() throws ConfigurationException {
        assertThat(read(FULL).value().webhooks().endpoints())
                .containsExactly(
                        new WebhookEndpoint(
                                "audit",
                                URI.create("https://example.org/hidden-url"),
                                Map.of("Authorization", "hidden-header"),
                                Optional.of("hidden-secret"),
                                Set.of(EventType.MANIFEST_PUSHED, EventType.IMPORT_FAILED),
                                List.of(RepositoryPattern.of("vms/**"), RepositoryPattern.of("isos/*"))),
                        new WebhookEndpoint(
                                "all",
                                URI.create("http://127.0.0.1:8080"),
                                Map.of(),
                                Optional.empty(),
                                Set.of(),
                                List.of()));
    }

    @Test
    void what_may_be_a_credential_is_not_shown() throws ConfigurationException {
        LoadedConfiguration configuration = read(FULL);

        assertThat(configuration.toYaml()).contains("audit", "vms/**").doesNotContain("hidden");
        assertThat(configuration.value().webhooks()).asString().doesNotContain("hidden");
    }

    @Test
    void faults_are_told_where_they_are() {
        assertThat(faults("""
                webhooks:
                  endpoints:
                    - name: Audit!
                      url: https://example.org
                    - name: b
                      url: ftp://example.org
                    - name: c
                      url: https://example.org
                      types: [io.dvcr.made.up]
                    - name: d
                      url: https://example.org
                      headers: [Authorization]
                """))
                .satisfiesExactlyInAnyOrder(
                        fault -> assertThat(fault).contains("up to 63 lower-case letters"),
                        fault -> assertThat(fault).contains("begins with http:// or https://"),
                        fault -> assertThat(fault).contains("no such event type: \"io.dvcr.made.up\""),
                        fault -> assertThat(fault).contains("Name: value"));
    }

    @Test
    void two_endpoints_have_two_names() {
        assertThat(faults("""
                webhooks:
                  endpoints:
                    - {name: a, url: "https://example.org/1"}
                    - {name: a, url: "https://example.org/2"}
                """)).singleElement().asString().contains("two webhooks are called a");
    }
}
