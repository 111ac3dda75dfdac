package io.dvcr.importers.unpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UnpackRoomTest {
    /** More than is decompressed ahead of whoever reads. */
    private static final byte[] DISK = UnpackTests.random(4 << 20);

    private static final int AS_MUCH_AS_XZ_9 = 26;

    private final UnpackRoom room = new UnpackRoom();
    private final UnpackLimits limits = new UnpackLimits(16 << 20, Duration.ofSeconds(30), room);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
        threads.close();
    }

    @Test
    void a_file_with_a_large_dictionary_waits_for_another_and_then_goes_on() throws Exception {
        byte[] large = Packed.xzWithDictionary(AS_MUCH_AS_XZ_9, DISK);
        Future<byte[]> second;
        try (UnpackedFile first = UnpackTests.open(large, limits)) {
            second = readMeanwhile(large);
            assertThat(first.readAllBytes()).isEqualTo(DISK);
        }
        assertThat(second.get()).isEqualTo(DISK);
    }

    @Test
    void one_that_is_given_up_makes_room() throws Exception {
        byte[] large = Packed.xzWithDictionary(AS_MUCH_AS_XZ_9, DISK);
        Future<byte[]> second;
        try (UnpackedFile _ = UnpackTests.open(large, limits)) {
            second = readMeanwhile(large);
        }
        assertThat(second.get()).isEqualTo(DISK);
    }

    @Test
    void small_dictionaries_wait_for_nobody() throws Exception {
        byte[] small = Packed.xzWithDictionary(23, DISK);
        try (UnpackedFile _ = UnpackTests.open(Packed.xzWithDictionary(AS_MUCH_AS_XZ_9, DISK), limits)) {
            assertThat(UnpackTests.read(small, limits)).isEqualTo(DISK);
        }
    }

    @Test
    void who_waits_can_be_interrupted() throws Exception {
        byte[] large = Packed.xzWithDictionary(AS_MUCH_AS_XZ_9, DISK);
        try (UnpackedFile _ = UnpackTests.open(large, limits)) {
            Future<byte[]> second = readMeanwhile(large);
            threads.shutdownNow();
            assertThatThrownBy(second::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(InterruptedIOException.class);
        }
        assertThat(UnpackTests.read(large, limits)).isEqualTo(DISK);
    }

    /** Reads {@code large} on a thread, and returns once that waits. */
    private Future<byte[]> readMeanwhile(byte[] large) throws IOException, InterruptedException {
        Future<byte[]> read = threads.submit(() -> UnpackTests.read(large, limits));
        while (!room.isAwaited()) {
            Thread.sleep(1);
        }
        return read;
    }
}
