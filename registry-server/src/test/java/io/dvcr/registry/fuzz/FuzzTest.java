package io.dvcr.registry.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.converters.qemu.Account;
import io.dvcr.converters.qemu.QemuTools;
import io.dvcr.registry.TestServer;
import io.dvcr.registry.http.HttpSettings;
import io.dvcr.registry.http.LoadLimits;
import io.dvcr.registry.http.TransferLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Throws what is malformed, and some of what is not, at a running server: it must answer or hang up within a bound, must
 * never be at fault, and must be afterwards as it was before. {@code -Ddvcr.fuzz.seconds} has it go on for longer, {@code
 * -Ddvcr.fuzz.seed} repeats what was thrown.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class FuzzTest {
    private static final int CLIENTS = 24;
    private static final int ANSWER_MILLIS = 20_000;
    private static final int SPARE = 10;
    private static final long SPARE_BYTES = 48L << 20;
    private static final byte[] GOOD_BYE =
            "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(ISO_8859_1);
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})");
    private static final Pattern UPLOAD =
            Pattern.compile("Docker-Upload-UUID: ([0-9a-f-]{36})", Pattern.CASE_INSENSITIVE);
    private static final TransferLimits IMPATIENT = new TransferLimits(
            Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1), 10_000, Duration.ofMinutes(1));

    private final long seconds = Long.getLong("dvcr.fuzz.seconds", 20);
    private final long seed = Long.getLong("dvcr.fuzz.seed", System.nanoTime());
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger replies = new AtomicInteger();
    private final AtomicInteger unheard = new AtomicInteger(); // connections on which not all was heard
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();

    @TempDir
    private Path directory;

    @Test
    @Timeout(3600)
    void nothing_that_is_thrown_at_a_server_hurts_it() throws Exception {
        Path nowhere = Path.of("/no/such/qemu");
        HttpSettings settings = new HttpSettings(
                LoadLimits.DEFAULTS, IMPATIENT, 8 * 1024, 32 * 1024, List.of(), Duration.ofSeconds(30));
        try (TestServer server = TestServer.start(directory, new QemuTools(nowhere, new Account.Own()), settings)) {
            throwAt(server, seed, Duration.ofSeconds(Math.max(3, seconds / 4))); // until it is warm
            Footprint before = Footprint.of(server);
            throwAt(server, seed + 1, Duration.ofSeconds(seconds));
            Footprint after = Footprint.of(server);
            System.out.printf(
                    "fuzz: seed %d, %d connections, %d replies, %s, then %s%n",
                    seed, connections.get(), replies.get(), before, after);

            assertThat(replies.get()).isGreaterThan(connections.get() / 2);
            assertThat(after.threads).isLessThanOrEqualTo(before.threads + SPARE);
            assertThat(after.files).isLessThanOrEqualTo(before.files + SPARE);
            assertThat(after.heapBytes).isLessThanOrEqualTo(before.heapBytes + SPARE_BYTES);
            assertThat(directory.resolve("store/.tmp")).isEmptyDirectory();
            assertThat(unknownUploads()).hasSizeLessThanOrEqualTo(unheard.get());
            assertThat(server.get("/v2/").statusCode()).isEqualTo(200);
        }
    }

    private void throwAt(TestServer server, long firstSeed, Duration duration) throws Exception {
        long end = System.nanoTime() + duration.toNanos();
        List<Future<?>> clients = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CLIENTS; i++) {
                long own = firstSeed * 1_000_003 + i * 1_000_000_007L;
                clients.add(threads.submit(() -> {
                    for (long n = 0; System.nanoTime() < end; n++) {
                        talk(server, own + n);
                    }
                    return true;
                }));
            }
        }
        for (Future<?> client : clients) {
            client.get();
        }
    }

    private void talk(TestServer server, long connectionSeed) throws IOException {
        Noise noise = new Noise(connectionSeed);
        byte[] sent = new RequestNoise(noise).connection();
        connections.incrementAndGet();
        String answer;
        try (Socket socket =
                new Socket(server.address().getAddress(), server.address().getPort())) {
            socket.setSoTimeout(ANSWER_MILLIS);
            answer = exchange(socket, sent, noise);
        }
        Matcher statuses = STATUS.matcher(answer);
        while (statuses.find()) {
            replies.incrementAndGet();
            assertThat(statuses.group(1))
                    .as("seed %d sent %s and got %s", connectionSeed, printable(sent), answer)
                    .matches("[1234]\\d\\d|501|505");
        }
        UPLOAD.matcher(answer).results().forEach(upload -> acknowledged.add(upload.group(1)));
    }

    /** What the server says until it hangs up. A client that is still sending may be reset, and hear nothing. */
    private String exchange(Socket socket, byte[] sent, Noise noise) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try {
            int split = noise.below(sent.length + 1);
            socket.getOutputStream().write(sent, 0, split);
            socket.getOutputStream().write(sent, split, sent.length - split);
            if (noise.oneIn(20)) {
                unheard.incrementAndGet();
                return ""; // gone without waiting for an answer
            }
            socket.getOutputStream().write(GOOD_BYE);
            byte[] buffer = new byte[16 * 1024];
            for (int read = socket.getInputStream().read(buffer);
                    read >= 0;
                    read = socket.getInputStream().read(buffer)) {
                answer.write(buffer, 0, read);
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("no answer to " + printable(sent) + " but " + answer, e);
        } catch (IOException reset) {
            unheard.incrementAndGet();
            return answer.toString(ISO_8859_1);
        }
        return answer.toString(ISO_8859_1);
    }

    private static String printable(byte[] sent) {
        String text = new String(sent, ISO_8859_1);
        return (text.length() > 2000 ? text.substring(0, 2000) + "…" : text).replace("\r\n", "⏎\n");
    }

    /** The uploads in the store that no client was told of. */
    private List<String> unknownUploads() throws IOException {
        Path all = directory.resolve("store/uploads");
        if (!Files.exists(all)) {
            return List.of();
        }
        try (Stream<Path> uploads = Files.list(all)) {
            return uploads.map(upload -> upload.getFileName().toString())
                    .filter(upload -> !acknowledged.contains(upload))
                    .toList();
        }
    }

    /** What a server takes of the machine when nobody talks to it. */
    private record Footprint(int threads, long files, long heapBytes) {

        static Footprint of(TestServer server) throws IOException, InterruptedException {
            while (server.http().connections() > 0) {
                TestServer.pause();
            }
            for (int i = 0; i < 3; i++) {
                System.gc();
                Thread.sleep(100);
            }
            try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
                return new Footprint(
                        ManagementFactory.getThreadMXBean().getThreadCount(),
                        open.count(),
                        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
            }
        }
    }
}
