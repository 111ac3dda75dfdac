package io.dvcr.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.e2e.fixture.Artifact;
import io.dvcr.e2e.fixture.Bytes;
import io.dvcr.e2e.fixture.DvcrServer;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.Given;
import io.dvcr.e2e.fixture.WebServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sources that do not serve everybody, and checksums that lie beside them. */
@EndToEnd
@Timeout(120)
class GuardedSourcesIT {
    private static final String TOKEN = "e2e-token-that-nobody-may-see";

    @TempDir
    private Path directory;

    @Test
    void a_guarded_image_is_imported_with_its_secret_and_the_publishers_checksum() throws Exception {
        try (WebServer web = WebServer.start()) {
            web.require("Bearer " + TOKEN);
            Path guest = Given.image("guest.raw");
            URI image = web.serve("guest.raw", guest);
            URI good = web.serve("SHA256SUMS", checksums(Bytes.digest(Files.readAllBytes(guest))));
            URI bad = web.serve("bad/SHA256SUMS", checksums(Bytes.digest("other".getBytes(UTF_8))));
            secret("http://" + image.getAuthority());
            try (DvcrServer server = DvcrServer.registry(configuration())) {
                String reference = new Artifact(server, "vms/guest", "1").reference();
                assertThat(server.dvcr()
                                .run("import", image, reference)
                                .failedWith(1)
                                .stderr())
                        .contains("401");
                assertThat(server.dvcr()
                                .run("import", image, reference, "--secret", "mirror", "--checksum", bad)
                                .failedWith(1)
                                .stderr())
                        .contains("CHECKSUM_MISMATCH");
                assertThat(server.dvcr()
                                .run("import", image, "other/guest:1", "--secret", "mirror")
                                .failedWith(1)
                                .stderr())
                        .contains("SECRET_REFUSED");
                server.dvcr()
                        .run("import", image, reference, "--secret", "mirror", "--checksum", good)
                        .succeeded();

                assertThat(server.http().get("/api/v1/imports").json().toString())
                        .contains("\"secret\":\"mirror\"")
                        .doesNotContain(TOKEN);
                assertThat(server.logged()).doesNotContain(TOKEN);
                assertThat(jobs(server)).isNotEmpty().doesNotContain(TOKEN);
            }
        }
    }

    private Path configuration() throws IOException {
        return Files.writeString(
                directory.resolve("dvcr.yaml"), "downloads: {secrets: secrets, stallTimeout: 10s, attempts: 2}\n");
    }

    private void secret(String host) throws IOException {
        Path secret = Files.createDirectories(directory.resolve("secrets").resolve("mirror"));
        Files.writeString(secret.resolve("hosts"), host + "\n");
        Files.writeString(secret.resolve("repositories"), "vms/**\n");
        Files.writeString(secret.resolve("token"), TOKEN + "\n");
    }

    /** As sha256sum writes them. */
    private Path checksums(String digest) throws IOException {
        Path list = Files.createTempFile(directory, "sums", "");
        return Files.writeString(list, digest.substring("sha256:".length()) + "  guest.raw\n");
    }

    private static String jobs(DvcrServer server) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(server.data().resolve("store").resolve("imports"))) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                all.append(Files.readString(file));
            }
        }
        return all.toString();
    }
}
