package io.dvcr.registry.auth;

import static io.dvcr.registry.auth.GuardedServer.ROOT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.dvcr.importers.registry.Credential;
import io.dvcr.importers.registry.RegistryClient;
import io.dvcr.importers.registry.RegistryCredentials;
import io.dvcr.registry.TestServer;
import io.dvcr.storage.Digest;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.RepositoryName;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Our client of registries against our own, and against others that challenge in other ways. */
class RegistryClientTest extends GuardedTest {
    private static final ImageReference DEBIAN = ImageReference.parse("vms/debian:12");
    private static final Credential BOB = new Credential.Password("bob", "bob's password");

    private RegistryClient client(RegistryCredentials credentials) {
        return new RegistryClient(server.registry.url(""), credentials);
    }

    private static RegistryCredentials always(Credential credential) {
        return _ -> Optional.of(credential);
    }

    @Test
    void it_answers_the_challenge_with_a_token_that_its_password_gets() throws IOException {
        RegistryClient client = client(always(BOB));
        client.requireLogin();
        assertThat(client.manifest(DEBIAN).content()).isNotEmpty();
        assertThatThrownBy(() -> client.manifest(ImageReference.parse("secret/plan:1")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("denies access to secret/plan:1");
    }

    @Test
    void a_wrong_password_is_told() {
        RegistryClient client = client(always(new Credential.Password("bob", "wrong")));
        assertThatThrownBy(client::requireLogin)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not take the credentials");
    }

    @Test
    void a_stranger_reads_what_strangers_may() throws IOException {
        RegistryClient client = client(RegistryCredentials.NONE);
        assertThat(client.manifest(ImageReference.parse("public/alpine:3")).content())
                .isNotEmpty();
        assertThatThrownBy(() -> client.manifest(DEBIAN))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("wants credentials for vms/debian:12");
    }

    @Test
    void credentials_are_asked_for_by_host_and_port() throws IOException {
        List<String> asked = new ArrayList<>();
        client(host -> {
                    asked.add(host);
                    return Optional.of(BOB);
                })
                .requireLogin();
        assertThat(asked).containsOnly("127.0.0.1:" + server.registry.address().getPort());
    }

    @Test
    void refresh_tokens_and_tokens_of_the_controller_are_taken() throws IOException {
        String refresh = TestServer.json(
                        server.send(GuardedServer.BOB, "GET", "/token?service=dvcr&offline_token=true"))
                .path("refresh_token")
                .asText();
        assertThat(client(always(new Credential.RefreshToken(refresh)))
                        .manifest(DEBIAN)
                        .content())
                .isNotEmpty();
        String controller = server.authentication.controllerToken();
        RegistryClient ofController = client(always(new Credential.BearerToken(controller)));
        assertThat(ofController.manifest(ImageReference.parse("secret/plan:1")).content())
                .isNotEmpty();
        assertThat(server.status("Bearer " + controller, "POST", "/v2/vms/debian/blobs/uploads/"))
                .isEqualTo(403);
        assertThat(server.status("Bearer " + controller, "GET", "/api/v1/tokens"))
                .isEqualTo(403);
    }

    @Test
    void a_blob_that_lies_elsewhere_is_fetched_there_without_credentials() throws IOException {
        byte[] content = "elsewhere".getBytes(UTF_8);
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        HttpServer elsewhere = start(exchange -> {
            seen.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            answer(exchange, 206, content);
        });
        HttpServer registry = start(exchange -> {
            if (exchange.getRequestHeaders().containsKey("Authorization")) {
                exchange.getResponseHeaders().set("Location", url(elsewhere) + "/blob");
                answer(exchange, 307, new byte[0]);
            } else {
                exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"x\"");
                answer(exchange, 401, new byte[0]);
            }
        });
        try {
            RegistryClient client = new RegistryClient(url(registry), always(BOB));
            try (InputStream in = client.open(RepositoryName.parse("a"), Digest.sha256(content), 0, content.length)) {
                assertThat(in.readAllBytes()).isEqualTo(content);
            }
            assertThat(seen).containsExactly("null");
        } finally {
            registry.stop(0);
            elsewhere.stop(0);
        }
    }

    @Test
    void a_registry_that_sends_it_round_in_circles_is_given_up() throws IOException {
        HttpServer circle = start(exchange -> {
            exchange.getResponseHeaders().set("Location", "/v2/");
            answer(exchange, 302, new byte[0]);
        });
        try {
            assertThatThrownBy(new RegistryClient(url(circle))::requireLogin)
                    .hasMessageContaining("redirects more than");
        } finally {
            circle.stop(0);
        }
    }

    @Test
    void a_token_is_used_for_as_long_as_it_lasts() throws IOException {
        byte[] content = "blob".getBytes(UTF_8);
        Digest digest = Digest.sha256(content);
        assertThat(server.send(ROOT, "POST", "/v2/vms/debian/blobs/uploads/?digest=" + digest, content)
                        .statusCode())
                .isEqualTo(201);
        List<String> asked = new ArrayList<>();
        RegistryClient client = client(host -> {
            asked.add(host);
            return asked.size() == 1 ? Optional.of(BOB) : Optional.empty();
        });
        for (int i = 0; i < 3; i++) {
            try (InputStream in = client.open(RepositoryName.parse("vms/debian"), digest, 0, content.length)) {
                assertThat(in.readAllBytes()).isEqualTo(content);
            }
        }
    }

    private static HttpServer start(HttpHandler handler) throws IOException {
        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        http.createContext("/", handler);
        http.start();
        return http;
    }

    private static URI url(HttpServer http) {
        return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
