package io.dvcr.storage.object;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.storage.object.ObjectStore.Appender;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Objects that grow by more than a buffer, or in parts that no disk likes. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class FileAppenderTest {
    private static final int BUFFER = AlignedBuffers.BUFFER_BYTES;
    private static final ObjectKey KEY = new ObjectKey("uploads/data");

    @TempDir
    private Path directory;

    private FileSystemStore store;

    @BeforeEach
    void open() throws IOException {
        store = FileSystemStore.open(directory);
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4095, 4096, BUFFER - 1, BUFFER, BUFFER + 1, 5 * BUFFER, 5 * BUFFER + 12_345})
    void an_object_of_any_size_is_stored_as_it_came(int size) throws IOException {
        byte[] content = random(new Random(size), size);

        append(KEY, content, 65_536);

        assertThat(stored(KEY)).isEqualTo(content);
    }

    @Test
    void an_object_goes_on_at_any_length() throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        for (int i = 0; i < 12; i++) {
            byte[] part = random(random, random.nextInt(3 * BUFFER));
            append(KEY, part, 1 + random.nextInt(200_000));
            expected.write(part);
            assertThat(store.head(KEY)).map(ObjectInfo::size).contains((long) expected.size());
        }
        assertThat(stored(KEY)).isEqualTo(expected.toByteArray());
    }

    @Test
    void what_is_flushed_is_in_the_file_while_more_follows() throws IOException {
        byte[] content = random(new Random(7), 2 * BUFFER + 10);
        try (Appender appender = store.append(KEY)) {
            appender.append(ByteBuffer.wrap(content, 0, BUFFER + 5));
            appender.flush();
            assertThat(Files.size(directory.resolve(KEY.value()))).isEqualTo(BUFFER + 5);

            appender.append(ByteBuffer.wrap(content, BUFFER + 5, BUFFER + 5));
            assertThat(appender.length()).isEqualTo(content.length);
            appender.flush();
        }
        assertThat(stored(KEY)).isEqualTo(content);
    }

    @Test
    void who_asks_how_long_an_object_is_finds_in_the_file_all_that_has_come() throws IOException {
        byte[] content = random(new Random(9), 3 * BUFFER + 77);
        try (Appender appender = store.append(KEY)) {
            appender.append(ByteBuffer.wrap(content, 0, BUFFER + 77)); // and then nothing for long
            assertThat(store.head(KEY)).map(ObjectInfo::size).contains(BUFFER + 77L);
            assertThat(stored(KEY)).isEqualTo(Arrays.copyOf(content, BUFFER + 77));

            appender.append(ByteBuffer.wrap(content, BUFFER + 77, 2 * BUFFER));
            appender.flush();
        }
        assertThat(stored(KEY)).isEqualTo(content);
    }

    @Test
    void more_objects_than_there_are_buffers_can_grow_at_once() throws Exception {
        int count = 24;
        try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
            List<Future<Boolean>> stored = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                ObjectKey key = new ObjectKey("uploads/" + i);
                byte[] content = random(new Random(i), 3 * BUFFER + i);
                stored.add(threads.submit(() -> {
                    append(key, content, 100_000);
                    return Arrays.equals(stored(key), content);
                }));
            }
            for (Future<Boolean> each : stored) {
                assertThat(each.get()).isTrue();
            }
        }
    }

    @Test
    void a_writer_that_gives_up_gives_back_its_buffers() throws IOException {
        AlignedBuffers buffers = new AlignedBuffers(4096, 2);
        Path file = directory.resolve("file");
        for (int i = 0; i < 5; i++) {
            FileChannel channel = FileChannel.open(file, CREATE, WRITE);
            try (FileAppender appender =
                    new FileAppender(file, channel, buffers, new SpaceReserve(() -> Long.MAX_VALUE, 0), _ -> {})) {
                appender.append(ByteBuffer.allocate(2 * BUFFER + BUFFER / 2));
            }
        }
        assertThat(buffers.take()).isPresent();
        assertThat(buffers.take()).isPresent();
        assertThat(buffers.take()).isEmpty();
    }

    private void append(ObjectKey key, byte[] content, int partBytes) throws IOException {
        try (Appender appender = store.append(key)) {
            for (int offset = 0; offset < content.length; offset += partBytes) {
                appender.append(ByteBuffer.wrap(content, offset, Math.min(partBytes, content.length - offset)));
            }
            appender.flush();
            assertThat(appender.length()).isGreaterThanOrEqualTo(content.length);
        }
    }

    private byte[] stored(ObjectKey key) throws IOException {
        return Files.readAllBytes(directory.resolve(key.value()));
    }

    private static byte[] random(Random random, int size) {
        byte[] content = new byte[size];
        random.nextBytes(content);
        return content;
    }
}
