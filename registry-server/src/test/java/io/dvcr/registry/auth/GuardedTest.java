package io.dvcr.registry.auth;

import io.dvcr.registry.TestServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Tests of a registry that asks who comes, over real HTTP: one server a class. */
@TestInstance(Lifecycle.PER_CLASS)
@DisplayNameGeneration(ReplaceUnderscores.class)
abstract class GuardedTest {
    GuardedServer server;

    @BeforeAll
    void startServer(@TempDir Path directory) throws IOException {
        server = GuardedServer.start(directory);
        server.push("vms/debian", "12");
        server.push("public/alpine", "3");
        server.push("secret/plan", "1");
    }

    @AfterAll
    void stopServer() throws IOException {
        server.close();
    }

    static String challenge(HttpResponse<byte[]> reply) {
        return TestServer.header(reply, "WWW-Authenticate");
    }
}
