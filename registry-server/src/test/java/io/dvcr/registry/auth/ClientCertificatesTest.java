package io.dvcr.registry.auth;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.access.Action;
import io.dvcr.registry.access.Caller;
import io.dvcr.registry.access.Permission;
import io.dvcr.registry.auth.CertificateRule.Field;
import io.dvcr.registry.http.Client;
import io.dvcr.registry.http.Request;
import io.dvcr.storage.RepositoryName;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whom the certificates of clients stand for. That they are genuine is for TLS to show. */
class ClientCertificatesTest extends GuardedTest {
    private static final String PEM = """
            -----BEGIN CERTIFICATE-----
            MIIB5jCCAYugAwIBAgIUCi/HvmgJ+F4iQ/hDl7EloCDXfu4wCgYIKoZIzj0EAwIw
            IzEQMA4GA1UECgwHRXhhbXBsZTEPMA0GA1UEAwwGbm9kZS0xMCAXDTI2MTEyNDEx
            NTUzNVoYDzIxMjYxMDMxMTE1NTM1WjAjMRAwDgYDVQQKDAdFeGFtcGxlMQ8wDQYD
            VQQDDAZub2RlLTEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQexjrEfXoOpLQI
            71BdNli3CqHlr64hRTzaZKGTsPrxni5/MuGw55+U47QgstB1phjl+5qGacpLLzmI
            fYcIbucyo4GaMIGXMB0GA1UdDgQWBBRf38OoTlfOcfjhqp1FCTknwyJoizAfBgNV
            HSMEGDAWgBRf38OoTlfOcfjhqp1FCTknwyJoizAPBgNVHRMBAf8EBTADAQH/MEQG
            A1UdEQQ9MDuCDm5vZGUtMS5leGFtcGxlgRBub2RlQGV4YW1wbGUub3JnhhdzcGlm
            ZmU6Ly9leGFtcGxlL25vZGUtMTAKBggqhkjOPQQDAgNJADBGAiEAgh9TravijfTj
            tGuJmQepULh4thu2KxKFVG51xgfJJYgCIQDYNimVTigJSjhiw2ec91nmOoPK0GWW
            7kfSzFd8d4rGJA==
            -----END CERTIFICATE-----
            """;

    private static X509Certificate certificate() throws CertificateException {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(PEM.getBytes(US_ASCII)));
    }

    @ParameterizedTest
    @CsvSource({
        "COMMON_NAME, node-1,                  nodes, nodes",
        "COMMON_NAME, *,                       '',    node-1",
        "COMMON_NAME, node-2,                  nodes, ''",
        "COMMON_NAME, Example,                 nodes, ''",
        "DNS,         node-1.example,          '',    node-1.example",
        "EMAIL,       node@example.org,        node,  node",
        "URI,         spiffe://example/node-1, node,  node",
        "URI,         node-1.example,          node,  ''",
    })
    void a_field_of_the_certificate_names_the_user(Field field, String value, String user, String expected)
            throws Exception {
        CertificateRule rule =
                new CertificateRule(field, value, Optional.of(user).filter(name -> !name.isEmpty()));
        assertThat(new ClientCertificates(List.of(rule))
                        .identify(certificate())
                        .map(Identity::name)
                        .orElse(""))
                .isEqualTo(expected);
    }

    @Test
    void rules_hold_for_the_owner_of_a_certificate() throws Exception {
        server.authentication.reload(server.settings(
                GuardedServer.rules(),
                Optional.empty(),
                List.of(new CertificateRule(Field.COMMON_NAME, "node-1", Optional.of("bob")))));
        Caller bob = server.authentication.identify(request(Map.of()));
        assertThat(bob.name()).contains("bob");
        assertThat(bob.may(on("vms/debian", Action.PULL))).isTrue();
        assertThat(bob.may(on("vms/debian", Action.PUSH))).isFalse();
        assertThat(bob.may(new Permission.Identity())).isTrue();

        Caller alice = server.authentication.identify(request(Map.of("Authorization", GuardedServer.ALICE)));
        assertThat(alice.name())
                .as("credentials that the request holds count more")
                .contains("alice");
    }

    @Test
    void a_certificate_that_stands_for_nobody_proves_nothing() throws Exception {
        server.authentication.reload(server.settings());
        Caller nobody = server.authentication.identify(request(Map.of()));
        assertThat(nobody.name()).isEmpty();
        assertThat(nobody.may(new Permission.Identity())).isFalse();
        assertThat(nobody.may(on("public/alpine", Action.PULL))).isTrue();
    }

    private static Permission on(String repository, Action action) {
        return new Permission.OnRepository(RepositoryName.parse(repository), action);
    }

    private static Request request(Map<String, String> headers) throws IOException, CertificateException {
        return new Request(
                false,
                "/v2/",
                Map.of(),
                Map.of(),
                headers,
                new Client(InetAddress.ofLiteral("127.0.0.1"), Optional.of(certificate())),
                Caller.NOBODY,
                InputStream.nullInputStream());
    }
}
