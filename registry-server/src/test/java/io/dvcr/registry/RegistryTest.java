package io.dvcr.registry;

import io.dvcr.converters.qemu.Account;
import io.dvcr.converters.qemu.QemuTools;
import io.dvcr.registry.oci.OciSettings;
import io.dvcr.storage.policy.RepositoryPolicies;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Tests over real HTTP: one server a class, and a repository of its own for each test. */
@TestInstance(Lifecycle.PER_CLASS)
@DisplayNameGeneration(ReplaceUnderscores.class)
public abstract class RegistryTest {
    private int repositories;
    protected TestServer server;
    protected String repository;

    @BeforeAll
    void startServer(@TempDir Path directory) throws IOException {
        Path nowhere = Path.of("/no/such/qemu");
        QemuTools none = new QemuTools(nowhere, new Account.Own());
        server = TestServer.start(directory, none, settings(), policies());
    }

    /** For tests of other settings than the defaults. */
    protected OciSettings settings() {
        return OciSettings.DEFAULTS;
    }

    /** The rules that the server keeps to: none, unless a class of tests has some. */
    protected RepositoryPolicies policies() {
        return RepositoryPolicies.DEFAULTS;
    }

    @AfterAll
    void stopServer() throws IOException {
        server.close();
    }

    @BeforeEach
    void takeRepository() {
        repositories++;
        repository = "tests/r" + repositories;
    }

    protected static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
