package io.dvcr.registry.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.RawClient;
import io.dvcr.registry.RegistryTest;
import io.dvcr.registry.TestServer;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.UploadId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** One upload after the other in which everything goes wrong that can: in the end it is the blob that was sent. */
class UploadFuzzTest extends RegistryTest {
    private final long seconds = Long.getLong("dvcr.fuzz.seconds", 5);
    private final long seed = Long.getLong("dvcr.fuzz.seed", System.nanoTime());

    @Test
    void whatever_happens_to_an_upload_it_can_be_finished() throws IOException {
        System.out.println("upload fuzz: seed " + seed);
        long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        for (long n = 0; System.nanoTime() < end; n++) {
            upload(new Noise(seed + n), "seed " + (seed + n));
        }
    }

    private void upload(Noise noise, String what) throws IOException {
        HttpResponse<byte[]> begun = server.send("POST", "/v2/" + repository + "/blobs/uploads/");
        assertThat(begun.statusCode()).as(what).isEqualTo(202);
        String location = TestServer.header(begun, "Location");
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        int steps = noise.below(8);
        for (int i = 0; i < steps; i++) {
            step(noise, location, content, what);
        }
        Digest digest = Digest.sha256(content.toByteArray());
        HttpResponse<byte[]> finished = server.send("PUT", location + "?digest=" + digest);
        assertThat(finished.statusCode()).as(what + TestServer.text(finished)).isEqualTo(201);
        assertThat(server.get("/v2/" + repository + "/blobs/" + digest).body())
                .as(what)
                .isEqualTo(content.toByteArray());
    }

    private void step(Noise noise, String location, ByteArrayOutputStream content, String what) throws IOException {
        byte[] chunk = noise.bytes(5_000);
        int offset = content.size();
        switch (noise.below(6)) {
            case 0 -> { // as it should be
                String range = offset + "-" + (offset + chunk.length - 1);
                HttpResponse<byte[]> reply = chunk.length == 0
                        ? server.send("PATCH", location, chunk)
                        : server.send("PATCH", location, chunk, "Content-Range", range);
                assertThat(reply.statusCode()).as(what + TestServer.text(reply)).isEqualTo(202);
                content.writeBytes(chunk);
            }
            case 1 -> // a gap, or the same again
                assertRefused(
                        server.send("PATCH", location, new byte[1], "Content-Range", (offset + 1) + "-" + (offset + 1)),
                        what);
            case 2 -> {
                String range = noise.of("x", "5", "-", "9-1", "99999999999999999999-1", "bytes");
                assertRefused(server.send("PATCH", location, new byte[1], "Content-Range", range), what);
            }
            case 3 -> // the wrong digest; what came with it stays
                keep(location, chunk, content, noise.of("sha256:" + "0".repeat(64), "sha512:" + "0".repeat(128)), what);
            case 4 -> assertRefused(server.send("PUT", location + "?digest=" + noise.of("x", "", "md5:00")), what);
            default -> cut(location, chunk, content);
        }
    }

    private void keep(String location, byte[] chunk, ByteArrayOutputStream content, String digest, String what)
            throws IOException {
        assertRefused(server.send("PUT", location + "?digest=" + digest, chunk), what);
        content.writeBytes(chunk);
        assertThat(stored(location)).as(what).isEqualTo(content.size());
    }

    /** The client announces more than it sends, and goes away: what it has sent stays. */
    private void cut(String location, byte[] chunk, ByteArrayOutputStream content) throws IOException {
        try (RawClient client = new RawClient(server)) {
            client.send(("PATCH " + location + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + (chunk.length + 1)
                                    + "\r\n\r\n")
                            .getBytes(ISO_8859_1))
                    .send(chunk);
        }
        content.writeBytes(chunk);
        while (stored(location) < content.size()) {
            TestServer.pause();
        }
    }

    /** From the store, for a Range of 0-0 may be one byte or none. */
    private int stored(String location) throws IOException {
        UploadId id = UploadId.parse(location.substring(location.lastIndexOf('/') + 1));
        return (int) server.content().uploads().offset(RepositoryName.parse(repository), id);
    }

    private static void assertRefused(HttpResponse<byte[]> reply, String what) {
        assertThat(reply.statusCode()).as(what + TestServer.text(reply)).isBetween(400, 499);
    }
}
