package io.dvcr.storage.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectStore.Appender;
import io.dvcr.storage.object.StoreUnavailableException;
import io.dvcr.storage.s3.FaultInjector.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What comes of everything that can go wrong between a store and its server. */
@ExtendWith(RealS3.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class S3FaultsIT {
    private static final Duration SILENCE = Duration.ofSeconds(2);
    private static final S3Patience PATIENCE =
            new S3Patience(32, SILENCE, SILENCE, 4, Duration.ofSeconds(20), Duration.ofSeconds(20));
    private static final ObjectKey GROWING = new ObjectKey("uploads/one/data");
    private static final ObjectKey BLOB = new ObjectKey("blobs/one");
    private static final ObjectKey SMALL = new ObjectKey("links/one");

    private final FaultInjector faults;
    private final S3Store store;
    private final S3Store undisturbed;

    S3FaultsIT(S3Endpoint endpoint) throws IOException {
        S3Settings settings = endpoint.anywhere();
        this.faults = new FaultInjector(endpoint.url(), SILENCE.plusSeconds(1));
        this.undisturbed = S3Store.open(settings, _ -> true);
        this.store = S3Store.open(
                new S3Settings(
                        settings.bucket(),
                        settings.prefix(),
                        endpoint.at(faults.url()).server(),
                        PATIENCE,
                        settings.sizes(),
                        settings.links()),
                _ -> true);
    }

    @AfterEach
    void close() {
        store.close();
        undisturbed.close();
        faults.close();
    }

    /** What the store asks of the server on the way of a blob from its first byte to its deletion. */
    enum Asked {
        PUT_IF_ABSENT("PUT", "links/one"),
        BEGIN_MULTIPART("POST", "?uploads"),
        SEND_PART("PUT", "partNumber=1&"),
        WRITE_RECORD("PUT", "/r0"),
        COPY_TAIL("PUT", "partNumber=2&"),
        COMPLETE_MULTIPART("POST", "uploadId="),
        COPY("PUT", "blobs/one"),
        LIST("GET", "list-type=2"),
        READ("GET", "blobs/one"),
        HEAD("HEAD", "blobs/one"),
        DELETE("DELETE", "");

        private final String method;
        private final String part;

        Asked(String method, String part) {
            this.method = method;
            this.part = part;
        }

        boolean is(String request) {
            return request.startsWith(method + " ")
                    && request.lines().findFirst().orElse("").contains(part);
        }
    }

    static Stream<Arguments> every_fault_of_every_request() {
        return Arrays.stream(Asked.values())
                .flatMap(asked -> Arrays.stream(Fault.values()).map(fault -> Arguments.of(asked, fault)));
    }

    @ParameterizedTest
    @MethodSource
    void every_fault_of_every_request(Asked asked, Fault fault) throws IOException {
        faults.inject(fault, asked::is, 1);
        byte[] content = new byte[S3Sizes.MIN_PART_BYTES + 1000];
        new Random(1).nextBytes(content);

        try (Appender appender = store.append(GROWING)) {
            appender.append(ByteBuffer.wrap(content));
            appender.flush();
        }
        store.move(GROWING, BLOB);
        assertThat(store.putIfAbsent(SMALL, ByteBuffer.wrap("mine".getBytes(UTF_8))))
                .isTrue();
        assertThat(store.head(BLOB)).map(ObjectInfo::size).contains((long) content.length);
        assertThat(content()).isEqualTo(content);
        assertThat(keys()).containsExactly(BLOB);
        assertThat(store.delete(BLOB)).isTrue();

        assertThat(undisturbed.head(BLOB)).isEmpty();
        assertThat(undisturbed.head(GROWING)).isEmpty();
        assertThat(faults.happened()).isEqualTo(1);
    }

    private byte[] content() throws IOException {
        try (InputStream in = store.read(BLOB, ByteRange.all(1 << 30))) {
            return in.readAllBytes();
        }
    }

    private List<ObjectKey> keys() throws IOException {
        return store.list("blobs/", Optional.empty(), 10).stream()
                .map(ObjectInfo::key)
                .toList();
    }

    @Test
    void a_server_that_is_down_is_said_to_be_and_nothing_that_was_flushed_is_lost() throws IOException {
        Appender appender = store.append(GROWING);
        appender.append(ByteBuffer.wrap("hello".getBytes(UTF_8)));
        appender.flush();
        faults.inject(Fault.SLOW_DOWN, _ -> true, Integer.MAX_VALUE);

        appender.append(ByteBuffer.wrap(", world".getBytes(UTF_8)));
        assertThatThrownBy(appender::flush).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> store.head(BLOB)).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> store.put(SMALL, ByteBuffer.allocate(1)))
                .isInstanceOf(StoreUnavailableException.class);
        appender.close();

        faults.inject(Fault.SLOW_DOWN, _ -> true, 0);
        try (Appender again = store.append(GROWING)) {
            assertThat(again.length()).isEqualTo(5);
            again.append(ByteBuffer.wrap(", world".getBytes(UTF_8)));
            again.flush();
        }
        store.move(GROWING, BLOB);
        assertThat(content()).asString(UTF_8).isEqualTo("hello, world");
    }

    @Test
    void who_stops_reading_early_does_not_wait_for_the_rest() throws IOException {
        undisturbed.put(BLOB, ByteBuffer.allocate(8 << 20));
        for (int i = 0; i < 200; i++) { // more than there are connections
            try (InputStream in = undisturbed.read(BLOB, ByteRange.all(8 << 20))) {
                assertThat(in.read()).isZero();
            }
        }
    }
}
