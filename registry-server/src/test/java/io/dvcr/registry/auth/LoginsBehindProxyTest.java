package io.dvcr.registry.auth;

import static io.dvcr.registry.auth.GuardedServer.ALICE;
import static io.dvcr.registry.auth.GuardedServer.basic;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.http.HttpSettings;
import io.dvcr.storage.AddressRange;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whom wrong passwords are counted against when a proxy speaks for all clients. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class LoginsBehindProxyTest {
    private static final HttpSettings STANDARD = HttpSettings.DEFAULTS;

    @ParameterizedTest
    @CsvSource({"127.0.0.1, 200", "127.0.0.2, 429"})
    void who_guesses_behind_a_trusted_proxy_slows_down_nobody_else(String trusted, int others, @TempDir Path directory)
            throws IOException {
        HttpSettings http = new HttpSettings(
                STANDARD.load(),
                STANDARD.transfers(),
                STANDARD.maxTargetBytes(),
                STANDARD.maxHeaderBytes(),
                List.of(AddressRange.parse(trusted)),
                STANDARD.shutdownGrace());
        try (GuardedServer server = GuardedServer.start(directory, http)) {
            server.limit(new LoginLimits(3, Duration.ofMinutes(10)));
            for (String user : List.of("alice", "bob", "mallory")) {
                assertThat(status(server, basic(user, "wrong"), "203.0.113.1")).isEqualTo(401);
            }

            assertThat(status(server, ALICE, "203.0.113.1")).isEqualTo(429);
            assertThat(status(server, ALICE, "203.0.113.2")).isEqualTo(others);
        }
    }

    private static int status(GuardedServer server, String authorization, String client) throws IOException {
        return server.send(authorization, "GET", "/v2/", "X-Forwarded-For", client)
                .statusCode();
    }
}
