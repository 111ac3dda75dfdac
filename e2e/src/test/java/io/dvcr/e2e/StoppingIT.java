package io.dvcr.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.e2e.fixture.Bytes;
import io.dvcr.e2e.fixture.DvcrServer;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.Eventually;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** SIGTERM in the middle of work. */
@EndToEnd
class StoppingIT {
    private static final byte[] CONTENT = Bytes.random(new Random(7), 60_000_000); // more than buffers on the way hold
    private static final String DIGEST = Bytes.digest(CONTENT);

    @Test
    void a_slow_pull_is_finished_and_nobody_else_is_let_in() throws Exception {
        try (DvcrServer server = DvcrServer.registry();
                Socket slow = new Socket(server.url().getHost(), server.url().getPort())) {
            server.http().post("/v2/stopping/blobs/uploads/?digest=" + DIGEST, CONTENT);
            slow.setSoTimeout(20_000);
            slow.getOutputStream()
                    .write(("GET /v2/stopping/blobs/" + DIGEST + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(US_ASCII));
            InputStream in = slow.getInputStream();
            assertThat(in.read()).isEqualTo('H');

            server.askToStop();
            Eventually.holds("no more connections", Duration.ofSeconds(20), () -> isRefused(server));
            byte[] rest = in.readAllBytes(); // to the end of the connection, which comes with that of the reply
            assertThat(Arrays.copyOfRange(rest, rest.length - CONTENT.length, rest.length))
                    .isEqualTo(CONTENT);
            assertThat(server.exitCode()).isZero();
        }
    }

    private static boolean isRefused(DvcrServer server) throws IOException {
        try (Socket _ = new Socket(server.url().getHost(), server.url().getPort())) {
            return false;
        } catch (ConnectException refused) {
            return true;
        }
    }
}
