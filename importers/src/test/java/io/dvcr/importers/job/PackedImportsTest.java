package io.dvcr.importers.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.converters.format.ImageFormat;
import io.dvcr.importers.source.Checksum;
import io.dvcr.importers.unpack.Packed;
import io.dvcr.importers.unpack.Tar;
import io.dvcr.storage.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Imports of what is compressed, and of what is not the format that it is said to be. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class PackedImportsTest extends ImportingTest {
    @Test
    void what_is_compressed_is_received_as_it_is_served() throws IOException {
        byte[] gzip = Packed.with("gzip", DISK);
        serverThat(exchange -> exchange.serve(gzip, ETAG));
        Checksum checksum = Checksum.parse("sha256", Digest.sha256(gzip).hex());
        ImportJob ended = await(jobs.submit(request(TARGET, "/disk.img.gz", Optional.of(checksum))));
        assertThat(ended.image().orElseThrow().virtualSize()).isEqualTo(DISK.length);
        assertThat(ended.progress().bytesReceived()).isEqualTo(gzip.length);
        assertThat(ended.progress().bytesTotal()).hasValue(gzip.length);
        assertThat(registry.disk(TARGET)).isEqualTo(DISK);
    }

    static Stream<Arguments> what_cannot_be_unpacked() throws IOException {
        byte[] gzip = Packed.with("gzip", DISK);
        byte[] tar = new Tar().file("disk.img", DISK).end();
        return Stream.of(
                Arguments.of("COMPRESSION_TRUNCATED", Arrays.copyOf(gzip, gzip.length - 1)),
                Arguments.of("COMPRESSION_TRAILING_BYTES", Packed.concatenated(gzip, new byte[600])),
                Arguments.of("SOURCE_TOO_LARGE", Packed.with("zstd", new byte[(int) LIMIT + 1])),
                Arguments.of("IMAGE_EMPTY", Packed.with("xz", new byte[0])),
                Arguments.of("QCOW2_BACKING_FILE", Packed.with("bzip2", backedQcow2())),
                Arguments.of("TAR_TRUNCATED", Arrays.copyOf(tar, 3 << 20)),
                Arguments.of(
                        "TAR_SEVERAL_DISKS",
                        new Tar().file("a", DISK).file("b", DISK).end()),
                Arguments.of(
                        "TAR_LINK",
                        new Tar().file("a", DISK).entry("b", '2', new byte[0]).end()),
                Arguments.of("TAR_NAME", new Tar().file("../a", DISK).end()));
    }

    @ParameterizedTest
    @MethodSource
    void what_cannot_be_unpacked(String code, byte[] source) throws IOException {
        registry.publish(TARGET, OTHER_DISK);
        serverThat(exchange -> exchange.serve(source, ETAG));
        assertFails(jobs.submit(request(TARGET, "/")), code, "");
        assertScratchIsEmpty();
        assertThat(registry.disk(TARGET)).as("what the tag meant before").isEqualTo(OTHER_DISK);
    }

    private static byte[] backedQcow2() {
        byte[] qcow2 = qcow2Header();
        ByteBuffer.wrap(qcow2).putLong(8, 104).putInt(16, 4);
        return qcow2;
    }

    @Test
    void an_import_that_waits_for_a_source_that_is_compressed_can_be_cancelled() throws IOException {
        byte[] gzip = Packed.with("gzip", DISK);
        serverThat(exchange -> {
            exchange.head(200, "Content-Length: " + gzip.length);
            exchange.write(Arrays.copyOf(gzip, gzip.length / 2));
            Thread.sleep(Duration.ofSeconds(60));
        });
        ImportJob job = jobs.submit(request(TARGET, "/"));
        while (jobs.get(job.id()).progress().bytesReceived() < gzip.length / 2) {
            pause();
        }
        jobs.cancel(job.id());
        assertThat(await(job).phase()).isEqualTo(ImportPhase.CANCELLED);
        assertScratchIsEmpty();
    }

    @Test
    void an_image_that_is_not_of_the_format_it_is_said_to_be_is_refused() throws IOException {
        assertFails(
                jobs.submit(request("/", ImageFormat.QCOW2)),
                "IMAGE_FORMAT_MISMATCH",
                "declared as qcow2, but it is raw");
        assertThat(registry.find(TARGET)).isEmpty();
        assertThat(await(jobs.submit(request("/", ImageFormat.RAW))).phase()).isEqualTo(ImportPhase.SUCCEEDED);
    }
}
