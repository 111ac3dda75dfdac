package io.dvcr.cli.config;

import static io.dvcr.cli.config.Sources.faults;
import static io.dvcr.cli.config.Sources.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.access.Action;
import io.dvcr.registry.access.Grant;
import io.dvcr.registry.access.Rule;
import io.dvcr.registry.access.Subject;
import io.dvcr.registry.auth.AccessSettings;
import io.dvcr.registry.auth.CertificateRule;
import io.dvcr.registry.auth.IssuerSettings;
import io.dvcr.registry.auth.LoginLimits;
import io.dvcr.storage.RepositoryPattern;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class AccessSectionTest {
    private static final String ALL = """
            access:
              rules:
                - subjects: [user:root]
                  actions: [admin]
                - subjects: [group:ops, robot:ci]
                  repositories: [vms/**, base/*]
                  actions: [pull, push]
              htpasswd: users
              issuer:
                name: https://issuer.example
                audience: registry.example
                realm: https://issuer.example/token
                keysUrl: https://issuer.example/keys
                algorithms: [ES256]
                requiredClaims: [tenant=one]
                nameClaim: preferred_username
              certificates:
                - {field: dns, value: node.example, user: nodes}
                - {value: "*"}
              publicUrl: https://registry.example
              tokenLifetime: 10m
              logins: {failures: 3, window: 1h}
            """;

    @Test
    void all_of_it_is_read() throws ConfigurationException {
        AccessSettings expected = new AccessSettings(
                List.of(
                        new Rule(
                                Set.of(new Subject.User("root")),
                                new Grant(List.of(RepositoryPattern.ALL), Set.of()),
                                true),
                        new Rule(
                                Set.of(new Subject.Group("ops"), new Subject.Robot("ci")),
                                new Grant(
                                        List.of(RepositoryPattern.of("vms/**"), RepositoryPattern.of("base/*")),
                                        Set.of(Action.PULL, Action.PUSH)),
                                false)),
                Optional.of(Path.of("/etc/dvcr/users")),
                Optional.of(new IssuerSettings(
                        "https://issuer.example",
                        "registry.example",
                        URI.create("https://issuer.example/token"),
                        new IssuerSettings.Keys.At(URI.create("https://issuer.example/keys")),
                        Set.of("ES256"),
                        Map.of("tenant", "one"),
                        "preferred_username",
                        "groups")),
                List.of(
                        new CertificateRule(CertificateRule.Field.DNS, "node.example", Optional.of("nodes")),
                        new CertificateRule(CertificateRule.Field.COMMON_NAME, "*", Optional.empty())),
                Optional.of(URI.create("https://registry.example")),
                Duration.ofMinutes(10),
                new LoginLimits(3, Duration.ofHours(1)));
        LoadedConfiguration loaded = read(ALL);
        assertThat(loaded.value().access()).isEqualTo(expected);
        assertThat(read(loaded.toYaml()).value()).isEqualTo(loaded.value());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{htpasswd: users}                                         | has no rules",
                "{rules: [{actions: [pull]}]}                              | subjects is empty",
                "{rules: [{subjects: [anonymous]}]}                        | actions is empty",
                "{rules: [{subjects: [anonymous], actions: [admin]}]}      | admin is not for anonymous",
                "{rules: [{subjects: [alice], actions: [pull]}]}           | must be anonymous, authenticated, user:NAME",
                "{rules: [{subjects: ['user:'], actions: [pull]}]}         | must be anonymous, authenticated, user:NAME",
                "{rules: [{subjects: [anonymous], actions: [fly]}]}        | must be one of pull, push, delete, import, admin",
                "{rules: [{subjects: [anonymous], actions: [pull], repositories: [V!]}]} | invalid repository pattern",
                "{certificates: [{field: serial, value: x}]}               | must be one of common-name, dns, email, uri",
                "{publicUrl: registry.example}                             | must be an http or https URL",
                "{publicUrl: 'https://registry.example/path'}              | publicUrl must be",
                "{issuer: {name: x, audience: y, realm: 'https://z/t'}}    | either keysUrl or keysFile",
                "{issuer: {name: x, audience: y, realm: 'https://z/t', keysUrl: 'http://z/k'}} | keys must be fetched by https",
                "{issuer: {name: x, audience: y, realm: 'https://z/t', keysFile: k, algorithms: [HS256]}} | algorithms must be",
            })
    void what_makes_no_sense_is_refused(String access, String message) {
        assertThat(faults("access: " + access)).first().asString().contains(message);
    }
}
