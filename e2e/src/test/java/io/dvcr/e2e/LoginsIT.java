package io.dvcr.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.e2e.fixture.Bytes;
import io.dvcr.e2e.fixture.Command;
import io.dvcr.e2e.fixture.DirectoryTree;
import io.dvcr.e2e.fixture.DvcrServer;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.Eventually;
import io.dvcr.e2e.fixture.Given;
import io.dvcr.e2e.fixture.Http.Answer;
import io.dvcr.e2e.fixture.OciLayout;
import io.dvcr.e2e.fixture.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A registry that asks who comes, and the clients that people log in with. docker is not among them, because its logins
 * go through an engine; what its engine sends is sent here as it is.
 */
@EndToEnd
@Timeout(60)
class LoginsIT {
    /** As {@code htpasswd -nbB NAME NAME-password} makes them. */
    private static final String USERS = """
            root:$2y$05$RlophYrB7cAnSNV0A.fNV.0APRLUGEWFWHGCBYGcJ5LB7rGcc9jua
            alice:$2y$05$pFYyjk09yJBvOYPQ0ZD12uZKV63rSPGUX.E.wztSjb3D0QFogTRWe
            bob:$2y$05$NKDC4ntX10RYIrpLy0U4reCiJIDl0l5mB1wj9S5aeSB65nIOyyovS
            """;

    private static final String RULES = """
            access:
              htpasswd: users
              rules:
                - {subjects: [user:root], actions: [admin]}
                - {subjects: [user:alice], repositories: [vms/**, public/**], actions: [pull, push, delete, import]}
                - {subjects: [user:bob], repositories: [vms/**], actions: [pull]}
                - {subjects: [anonymous], repositories: [public/**], actions: [pull]}
            """;

    private static DvcrServer server;
    private static Path configuration;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("users"), USERS);
        configuration = Files.writeString(directory.resolve("dvcr.yaml"), RULES);
        server = DvcrServer.registry(configuration);
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @Test
    void oras_logs_in_pushes_and_pulls_and_strangers_pull_what_is_public(@TempDir Path directory) throws Exception {
        byte[] content = Bytes.random(new Random(1), 1_000_001);
        Files.write(directory.resolve("disk.bin"), content);
        Oras alice = new Oras(directory.resolve("alice.json"));
        Oras stranger = new Oras(directory.resolve("none.json"));

        assertThat(alice.login("alice", "wrong").exitCode()).isNotZero();
        alice.login("alice", "alice-password").succeeded();
        for (String repository : new String[] {"public/disk", "vms/disk"}) {
            alice.run("push", name(repository), "disk.bin:application/octet-stream")
                    .in(directory)
                    .run()
                    .succeeded();
        }
        assertThat(alice.run("push", name("others/disk"), "disk.bin:application/octet-stream")
                        .in(directory)
                        .run()
                        .exitCode())
                .isNotZero();

        stranger.run("pull", "-o", directory.resolve("pulled"), name("public/disk"))
                .run()
                .succeeded();
        Bytes.assertSame("the file", Files.readAllBytes(directory.resolve("pulled/disk.bin")), content);
        assertThat(stranger.run("pull", "-o", directory.resolve("stolen"), name("vms/disk"))
                        .run()
                        .exitCode())
                .isNotZero();
        assertThat(stranger.run("repo", "ls", server.address())
                        .run()
                        .succeeded()
                        .stdout())
                .contains("public/disk")
                .doesNotContain("vms/disk");
        assertThat(alice.run("repo", "ls", server.address()).run().succeeded().stdout())
                .contains("public/disk", "vms/disk");
    }

    @Test
    void skopeo_and_podman_log_in_and_may_what_their_user_may(@TempDir Path directory) throws Exception {
        OciLayout image = OciLayout.create(directory.resolve("image"), "hello from somebody");
        Path alice = directory.resolve("alice.json");
        Path bob = directory.resolve("bob.json");
        assertThat(login("podman", alice, "alice", "wrong").exitCode()).isNotZero();
        login("podman", alice, "alice", "alice-password").succeeded();
        login("skopeo", bob, "bob", "bob-password").succeeded();
        String target = "docker://" + name("vms/hello");

        assertThat(skopeo(bob, "copy", "--dest-tls-verify=false", image.skopeoName(), target)
                        .exitCode())
                .isNotZero();
        skopeo(alice, "copy", "--dest-tls-verify=false", image.skopeoName(), target)
                .succeeded();
        skopeo(bob, "copy", "--src-tls-verify=false", target, "oci:" + directory.resolve("back"))
                .succeeded();
        assertThat(skopeo(bob, "delete", "--tls-verify=false", target).exitCode())
                .isNotZero();
        assertThat(skopeo(directory.resolve("none.json"), "inspect", "--tls-verify=false", target)
                        .exitCode())
                .isNotZero();
        podmanPulls(alice, directory);
    }

    private static void podmanPulls(Path authentication, Path directory) throws Exception {
        Path storage = DirectoryTree.temporary();
        try {
            Command podman = Command.of("podman", "--root", storage.resolve("root"), "--storage-driver=vfs")
                    .and("--runroot", storage.resolve("run"), "--tmpdir", storage.resolve("tmp"))
                    .with("REGISTRY_AUTH_FILE", authentication);
            podman.and("pull", "--tls-verify=false", name("vms/hello")).run().succeeded();
            podman.and("push", "--tls-verify=false", name("vms/hello"), name("vms/again"))
                    .run()
                    .succeeded();
            assertThat(podman.with("REGISTRY_AUTH_FILE", directory.resolve("none.json"))
                            .and("pull", "--tls-verify=false", name("vms/hello"))
                            .run()
                            .exitCode())
                    .isNotZero();
        } finally {
            DirectoryTree.delete(storage);
        }
    }

    /** Ten commands, each of which starts a Java. */
    @Test
    @Timeout(180)
    void dvcr_logs_in_and_gives_a_robot_a_token_that_ends_when_it_is_revoked(@TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("file"), "content");
        Command dvcr = Command.of(Given.launcher())
                .with("DVCR_SERVER", server.url())
                .with("DOCKER_CONFIG", directory.resolve("docker"));
        Outcome stranger = dvcr.and("token", "list").run();
        assertThat(stranger.exitCode()).isEqualTo(1);
        assertThat(stranger.stderr()).contains("authentication is required; 'dvcr login " + server.url());

        assertThat(login(dvcr, "wrong").exitCode()).isEqualTo(1);
        login(dvcr, "root-password").succeeded();
        String token = dvcr.and("token", "create", "ci", "--scope", "vms/**:pull,push", "--expires", "1d")
                .run()
                .succeeded()
                .stdout()
                .strip();
        assertThat(dvcr.and("token", "list").run().succeeded().stdout())
                .contains("ci", "vms/**:pull,push")
                .doesNotContain(token);

        Oras robot = new Oras(directory.resolve("robot.json"));
        robot.login("ci", token).succeeded();
        robot.run("push", name("vms/by-robot"), "file:text/plain")
                .in(directory)
                .run()
                .succeeded();
        assertThat(server.http()
                        .get("/v2/vms/by-robot/manifests/1", "Authorization", "Bearer " + token)
                        .status())
                .isEqualTo(200);

        dvcr.and("token", "revoke", "ci").run().succeeded();
        assertThat(robot.run("push", name("vms/by-robot"), "file:text/plain")
                        .in(directory)
                        .run()
                        .exitCode())
                .isNotZero();
        assertThat(dvcr.with("DVCR_TOKEN", token).and("images").run().exitCode())
                .isEqualTo(1);
        assertThat(dvcr.and("logout").run().succeeded().stdout()).contains("logged out");
        assertThat(dvcr.and("token", "list").run().exitCode()).isEqualTo(1);
    }

    /** What docker's engine sends for {@code docker login}, and for the pull after it. */
    @Test
    void docker_s_way_to_log_in_gets_a_token_to_keep_and_pulls_with_it() throws Exception {
        Answer challenge = server.http().get("/v2/");
        assertThat(challenge.status()).isEqualTo(401);
        assertThat(challenge.header("WWW-Authenticate"))
                .isEqualTo("Bearer realm=\"" + server.url() + "/token\",service=\"dvcr\"");
        String basic = "Basic " + base64("bob:bob-password");
        Answer login = server.http()
                .get("/token?account=bob&client_id=docker&offline_token=true&service=dvcr", "Authorization", basic);
        String token = login.json().path("token").asText();
        assertThat(server.http().get("/v2/", "Authorization", "Bearer " + token).status())
                .isEqualTo(200);

        String form = "grant_type=refresh_token&service=dvcr&client_id=docker&scope=repository%3Avms%2Fx%3Apull"
                + "&refresh_token=" + login.json().path("refresh_token").asText();
        Answer next =
                server.http().post("/token", form.getBytes(UTF_8), "Content-Type", "application/x-www-form-urlencoded");
        assertThat(next.status()).as(next.toString()).isEqualTo(200);
        String pull = "Bearer " + next.json().path("access_token").asText();
        assertThat(server.http()
                        .get("/v2/vms/x/tags/list", "Authorization", pull)
                        .status())
                .isEqualTo(404);
    }

    @Test
    void rules_count_as_soon_as_the_file_is_changed() throws Exception {
        String bob = "Basic " + base64("bob:bob-password");
        assertThat(server.http()
                        .get("/v2/later/x/tags/list", "Authorization", bob)
                        .status())
                .isEqualTo(403);
        Files.writeString(
                configuration, RULES + "    - {subjects: [user:bob], repositories: [later/**], actions: [pull]}\n");
        Eventually.holds(
                "the new rule",
                Duration.ofSeconds(30),
                () -> server.http()
                                .get("/v2/later/x/tags/list", "Authorization", bob)
                                .status()
                        == 404);
    }

    private static String name(String repository) {
        return server.address() + "/" + repository + ":1";
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    private static Outcome login(String program, Path authentication, String user, String password)
            throws IOException, InterruptedException {
        return Command.of(program, "login", "--tls-verify=false", "-u", user, "-p", password, server.address())
                .with("REGISTRY_AUTH_FILE", authentication)
                .run();
    }

    private static Outcome login(Command dvcr, String password) throws IOException, InterruptedException {
        String pipe = "echo \"$1\" | \"$0\" login -u root --password-stdin";
        return new Command(
                        List.of("sh", "-c", pipe, Given.launcher().toString(), password),
                        dvcr.environment(),
                        Path.of("."))
                .run();
    }

    private static Outcome skopeo(Path authentication, Object... words) throws IOException, InterruptedException {
        return Command.of("skopeo", "--insecure-policy")
                .and(words)
                .with("REGISTRY_AUTH_FILE", authentication)
                .run();
    }

    /** The client oras with the logins in one file. */
    private record Oras(Path logins) {
        Outcome login(String user, String password) throws IOException, InterruptedException {
            return run("login", "-u", user, "-p", password, server.address()).run();
        }

        Command run(Object... words) {
            return Command.of(Given.oras()).and(words).and("--plain-http", "--registry-config", logins);
        }
    }
}
