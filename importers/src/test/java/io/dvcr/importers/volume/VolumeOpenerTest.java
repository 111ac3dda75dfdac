package io.dvcr.importers.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dvcr.importers.source.OpenedSource;
import io.dvcr.importers.source.SourceException;
import io.dvcr.importers.source.VolumeSource;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.RepositoryPattern;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a real file system may be read, and what may not. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class VolumeOpenerTest {
    private static final RepositoryName GOLDEN = RepositoryName.parse("golden/debian");
    private static final byte[] DISK = {1, 2, 3, 4, 5};

    @TempDir
    private Path directory;

    private Path images;
    private Path outside;

    @BeforeEach
    void lay() throws IOException {
        images = Files.createDirectories(directory.resolve("images"));
        Files.createDirectories(images.resolve("a/b"));
        Files.write(images.resolve("a/b/disk.raw"), DISK);
        Files.write(images.resolve("disk.raw"), DISK);
        outside = Files.write(directory.resolve("secret"), new byte[] {7});
    }

    private OpenedSource open(Path path) throws IOException {
        VolumeDirectory allowed = new VolumeDirectory(images, List.of(RepositoryPattern.of("golden/**")));
        return new VolumeOpener(List.of(allowed)).open(new VolumeSource(path, Optional.empty()), GOLDEN);
    }

    private void assertRefused(Path path, String reason) {
        SourceException refusal = catchThrowableOfType(SourceException.class, () -> open(path));
        assertThat(refusal).as("the refusal of " + path).isNotNull();
        assertThat(refusal.error().code()).isEqualTo("VOLUME_REFUSED");
        assertThat(refusal.error().message()).contains(path.toString(), reason);
    }

    @Test
    void files_below_an_allowed_directory_are_read() throws IOException {
        for (String name : List.of("disk.raw", "a/b/disk.raw")) {
            try (OpenedSource opened = open(images.resolve(name))) {
                assertThat(opened.length()).hasValue(DISK.length);
                assertThat(opened.stream().readAllBytes()).isEqualTo(DISK);
            }
        }
    }

    @Test
    void the_directory_may_be_a_link_that_the_operator_laid() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), images);
        VolumeDirectory allowed = new VolumeDirectory(link, List.of(RepositoryPattern.ALL));
        try (OpenedSource opened = new VolumeOpener(List.of(allowed))
                .open(new VolumeSource(link.resolve("a/b/disk.raw"), Optional.empty()), GOLDEN)) {
            assertThat(opened.stream().readAllBytes()).isEqualTo(DISK);
        }
    }

    @Test
    void nothing_is_allowed_unless_the_operator_says_so() {
        assertRefused(outside, "below no directory that the operator allows for imports to golden/debian");
        assertRefused(images, "below no directory");
        assertRefused(directory.resolve("images-of-others/disk.raw"), "below no directory");
        assertThatThrownBy(() -> new VolumeOpener(List.of())
                        .open(new VolumeSource(images.resolve("disk.raw"), Optional.empty()), GOLDEN))
                .isInstanceOf(SourceException.class);
        VolumeDirectory others = new VolumeDirectory(images, List.of(RepositoryPattern.of("vms/**")));
        assertThatThrownBy(() -> new VolumeOpener(List.of(others))
                        .open(new VolumeSource(images.resolve("disk.raw"), Optional.empty()), GOLDEN))
                .isInstanceOf(SourceException.class);
    }

    @Test
    void a_link_is_not_followed_wherever_it_is_and_wherever_it_leads() throws IOException {
        Files.createSymbolicLink(images.resolve("file"), outside);
        Files.createSymbolicLink(images.resolve("inside"), images.resolve("disk.raw"));
        Files.createSymbolicLink(images.resolve("a/up"), directory);
        assertRefused(images.resolve("file"), "it is a link");
        assertRefused(images.resolve("inside"), "it is a link");
        assertRefused(images.resolve("a/up/secret"), "");
    }

    @Test
    void what_is_neither_a_file_nor_a_block_device_is_not_opened() throws IOException {
        assertRefused(images.resolve("a"), "neither a regular file nor a block device");
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(images.resolve("socket")));
            assertRefused(images.resolve("socket"), "neither a regular file nor a block device");
        }
        assertRefused(images.resolve("nothing"), "there is no such file");
        assertRefused(images.resolve("disk.raw/x"), "a part of it is no directory");
    }

    @Test
    void a_pipe_is_not_waited_for() throws Exception {
        Path pipe = images.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        assertRefused(pipe, "neither a regular file nor a block device");
    }

    @Test
    void a_file_that_somebody_writes_to_does_not_end_well() throws IOException {
        Path file = images.resolve("disk.raw");
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
        try (OpenedSource opened = open(file)) {
            Files.write(file, new byte[] {9}, StandardOpenOption.WRITE);
            assertChanged(opened.stream());
        }
        try (OpenedSource opened = open(file)) {
            Files.write(file, new byte[] {9}, StandardOpenOption.APPEND);
            assertChanged(opened.stream());
        }
        try (OpenedSource opened = open(file)) {
            Files.write(file, new byte[] {9}, StandardOpenOption.TRUNCATE_EXISTING);
            assertChanged(opened.stream());
        }
        try (OpenedSource opened = open(file)) {
            Files.delete(file);
            assertChanged(opened.stream());
        }
    }

    private static void assertChanged(InputStream stream) {
        assertThatThrownBy(stream::readAllBytes)
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("was changed while it was read");
    }

    @ParameterizedTest
    @ValueSource(strings = {"disk.raw", "/srv/../etc/shadow", "/srv/./x", "/", "", "/a\0b"})
    void a_path_with_detours_is_none(String path) {
        assertThatThrownBy(() -> VolumeSource.parse(path, Optional.empty()))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("source.volume.path");
    }
}
