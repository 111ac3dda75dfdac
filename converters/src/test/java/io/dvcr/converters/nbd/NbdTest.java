package io.dvcr.converters.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.converters.MemoryDisk;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class NbdTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long SEED = 1;

    private SocketDirectory directory;

    @BeforeEach
    void create_directory() throws IOException {
        directory = SocketDirectory.create();
    }

    @AfterEach
    void remove_directory() throws IOException {
        directory.close();
        assertThat(directory.directory()).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 511, 512, 4096, 1_000_001, 5 << 20})
    void a_disk_arrives_as_it_was_served(int size) throws IOException {
        MemoryDisk disk = MemoryDisk.random(size, SEED);
        try (NbdServer _ = NbdServer.listen(directory.socket(), disk);
                NbdClient client = NbdClient.connect(directory.socket(), PATIENCE)) {
            assertThat(client.size()).isEqualTo(size);
            assertThat(readAll(client)).isEqualTo(disk.bytes());
        }
    }

    @Test
    void a_read_fills_what_the_buffer_has_left_and_nothing_else() throws IOException {
        MemoryDisk disk = MemoryDisk.random(100_000, SEED);
        try (NbdServer _ = NbdServer.listen(directory.socket(), disk);
                NbdClient client = NbdClient.connect(directory.socket(), PATIENCE)) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(60_000).position(10).limit(50_010);
            client.read(777, buffer);
            assertThat(buffer.hasRemaining()).isFalse();

            byte[] read = new byte[60_000];
            buffer.clear().get(read);
            byte[] expected = new byte[60_000];
            System.arraycopy(disk.bytes(), 777, expected, 10, 50_000);
            assertThat(read).isEqualTo(expected);
        }
    }

    @Test
    void runs_are_those_of_the_disk() throws IOException {
        MemoryDisk disk = MemoryDisk.random(5_000_001, SEED);
        try (NbdServer _ = NbdServer.listen(directory.socket(), disk);
                NbdClient client = NbdClient.connect(directory.socket(), PATIENCE)) {
            Random random = new Random(SEED);
            for (int i = 0; i < 500; i++) {
                long offset = random.nextLong(disk.size());
                assertThat(client.runAt(offset)).isEqualTo(disk.runAt(offset));
            }
            assertThat(client.runAt(disk.size() - 1).end()).isEqualTo(disk.size());
        }
    }

    @Test
    void what_lies_beyond_the_disk_cannot_be_asked_for() throws IOException {
        try (NbdServer _ = NbdServer.listen(directory.socket(), new MemoryDisk(new byte[1000]));
                NbdClient client = NbdClient.connect(directory.socket(), PATIENCE)) {
            assertThatThrownBy(() -> client.read(999, ByteBuffer.allocate(2)))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> client.read(-1, ByteBuffer.allocate(1)))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> client.runAt(1000)).isInstanceOf(IndexOutOfBoundsException.class);
            client.read(1000, ByteBuffer.allocate(0));
        }
    }

    @Test
    void many_threads_read_over_many_connections_at_once() throws Exception {
        MemoryDisk disk = MemoryDisk.random(8 << 20, SEED);
        byte[] bytes = disk.bytes();
        try (NbdServer _ = NbdServer.listen(directory.socket(), disk);
                NbdClient one = NbdClient.connect(directory.socket(), PATIENCE);
                NbdClient two = NbdClient.connect(directory.socket(), PATIENCE);
                ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> reads = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                NbdClient client = i % 2 == 0 ? one : two;
                Random random = new Random(i);
                reads.add(readers.submit(() -> readSomewhere(client, random, bytes)));
            }
            for (Future<?> read : reads) {
                read.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void a_disk_that_fails_fails_the_read_and_not_the_connection() throws IOException {
        MemoryDisk disk = MemoryDisk.random(1 << 20, SEED);
        MemoryDisk broken = new MemoryDisk(disk.bytes());
        broken.breakDown();
        try (NbdServer _ = NbdServer.listen(directory.socket(), broken);
                NbdClient client = NbdClient.connect(directory.socket(), PATIENCE)) {
            assertThatThrownBy(() -> readAll(client))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("error 5");
            assertThat(client.runAt(0)).isEqualTo(disk.runAt(0));
        }
    }

    @Test
    void a_server_that_closes_removes_its_socket_and_fails_what_is_being_read() throws Exception {
        MemoryDisk disk = MemoryDisk.random(4 << 20, SEED);
        disk.takeAtLeast(200);
        NbdServer server = NbdServer.listen(directory.socket(), disk);
        try (NbdClient client = NbdClient.connect(directory.socket(), PATIENCE);
                ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<byte[]> read = readers.submit(() -> readAll(client));
            Thread.sleep(50);
            server.close();
            assertThat(directory.socket()).doesNotExist();
            assertThatThrownBy(() -> read.get(5, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
            assertThatThrownBy(() -> client.runAt(0)).isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void a_client_that_talks_nonsense_is_hung_up_on_and_others_are_served(long seed) throws Exception {
        MemoryDisk disk = MemoryDisk.random(100_000, SEED);
        try (NbdServer _ = NbdServer.listen(directory.socket(), disk);
                NbdClient good = NbdClient.connect(directory.socket(), PATIENCE);
                SocketChannel bad = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            bad.connect(UnixDomainSocketAddress.of(directory.socket()));
            byte[] nonsense = new byte[5000];
            new Random(seed).nextBytes(nonsense);
            bad.write(ByteBuffer.wrap(bytes("", "00000003")));
            if (seed % 2 == 0) {
                bad.write(ByteBuffer.wrap(bytes("IHAVEOPT", "00000001" + "00000000"))); // NBD_OPT_EXPORT_NAME
            }
            bad.write(ByteBuffer.wrap(nonsense));
            assertThat(drained(bad)).isLessThan(1000);
            assertThat(readAll(good)).isEqualTo(disk.bytes());
        }
    }

    @Test
    void requests_the_server_does_not_serve_are_answered_with_an_error() throws Exception {
        try (NbdServer _ = NbdServer.listen(directory.socket(), MemoryDisk.random(4096, SEED));
                SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            client.connect(UnixDomainSocketAddress.of(directory.socket()));
            Wire wire = new Wire(client);
            wire.read(18);
            wire.write(ByteBuffer.wrap(bytes("", "00000003")));
            wire.write(ByteBuffer.wrap(bytes("IHAVEOPT", "00000001" + "00000000")));
            wire.read(10);

            assertThat(errorOf(wire, 1, 0, 512)).as("write").isEqualTo(NbdProtocol.EPERM);
            assertThat(errorOf(wire, 4, 0, 512)).as("trim").isEqualTo(NbdProtocol.EINVAL);
            assertThat(errorOf(wire, 99, 0, 512)).as("unknown").isEqualTo(NbdProtocol.EINVAL);
            assertThat(errorOf(wire, 7, 0, 512)).as("status without a context").isEqualTo(NbdProtocol.EINVAL);
            assertThat(errorOf(wire, 0, 4096, 1)).as("read beyond the end").isEqualTo(NbdProtocol.EINVAL);
            assertThat(errorOf(wire, 0, -1, 1)).as("read before the start").isEqualTo(NbdProtocol.EINVAL);
            assertThat(errorOf(wire, 0, Long.MAX_VALUE, -1)).as("overflow").isEqualTo(NbdProtocol.EINVAL);
            assertThat(errorOf(wire, 0, 0, 0)).as("read of nothing").isEqualTo(NbdProtocol.EINVAL);
            assertThat(errorOf(wire, 0, 0, 4096)).as("read").isZero();
            assertThat(wire.read(4096).remaining()).isEqualTo(4096);
        }
    }

    @Test
    void a_socket_path_is_short_and_its_directory_private() throws IOException {
        assertThat(directory.socket().toString().length()).isLessThan(100);
        assertThat(Files.getPosixFilePermissions(directory.directory())).hasSize(3);
    }

    private static int errorOf(Wire wire, int type, long offset, int length) throws IOException {
        ByteBuffer request = ByteBuffer.allocate(28).putInt(NbdProtocol.REQUEST_MAGIC);
        request.putShort((short) 0)
                .putShort((short) type)
                .putLong(5)
                .putLong(offset)
                .putInt(length);
        wire.write(request.flip());
        if (type == 1) {
            wire.write(ByteBuffer.allocate(length));
        }
        ByteBuffer reply = wire.read(16);
        assertThat(reply.getInt(0)).isEqualTo(NbdProtocol.SIMPLE_REPLY_MAGIC);
        assertThat(reply.getLong(8)).isEqualTo(5);
        return reply.getInt(4);
    }

    private static void readSomewhere(NbdClient client, Random random, byte[] bytes) {
        int offset = random.nextInt(bytes.length);
        int length = random.nextInt(Math.min(bytes.length - offset, 3 << 20));
        byte[] read = new byte[length];
        try {
            client.read(offset, ByteBuffer.wrap(read));
            assertThat(client.runAt(offset).offset()).isEqualTo(offset);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        assertThat(Arrays.equals(read, 0, length, bytes, offset, offset + length))
                .isTrue();
    }

    private static byte[] readAll(NbdClient client) throws IOException {
        byte[] disk = new byte[(int) client.size()];
        client.read(0, ByteBuffer.wrap(disk));
        return disk;
    }

    private static int drained(SocketChannel channel) {
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        try {
            while (channel.read(buffer) >= 0) {
                assertThat(buffer.hasRemaining()).isTrue();
            }
        } catch (IOException _) {
            return buffer.position(); // reset by the peer
        }
        return buffer.position();
    }

    private static byte[] bytes(String text, String hex) {
        byte[] head = text.getBytes(StandardCharsets.US_ASCII);
        byte[] tail = HexFormat.of().parseHex(hex);
        return ByteBuffer.allocate(head.length + tail.length)
                .put(head)
                .put(tail)
                .array();
    }
}
