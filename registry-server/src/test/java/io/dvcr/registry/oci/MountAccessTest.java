package io.dvcr.registry.oci;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.access.Action;
import io.dvcr.registry.access.Caller;
import io.dvcr.registry.access.Permission;
import io.dvcr.registry.http.Client;
import io.dvcr.registry.http.Request;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.ContentStore;
import io.dvcr.storage.object.FileSystemStore;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A mount shows nobody what they may not pull. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class MountAccessTest {
    private static final Digest HELLO = Digest.sha256("hello".getBytes(UTF_8));
    private static final RepositoryName SECRET = new RepositoryName("secret");
    private static final RepositoryName MINE = new RepositoryName("mine");

    @ParameterizedTest
    @CsvSource({"secret, true, 201", "secret, false, 202", "'', true, 201", "'', false, 202"})
    void a_blob_is_mounted_only_from_where_the_caller_may_pull(
            String from, boolean mayPull, int status, @TempDir Path directory) throws IOException {
        try (FileSystemStore store = FileSystemStore.open(directory)) {
            ContentStore content = ContentStore.over(store, Clock.systemUTC());
            content.blobs().put(SECRET, HELLO, ByteBuffer.wrap("hello".getBytes(UTF_8)));
            UploadEndpoint uploads = new UploadEndpoint(content.uploads(), content.blobs(), Long.MAX_VALUE);

            assertThat(uploads.begin(mount(from, new Somebody(mayPull))).status())
                    .isEqualTo(status);
            assertThat(content.blobs().find(MINE, HELLO).isPresent()).isEqualTo(mayPull);
        }
    }

    private static Request mount(String from, Caller caller) {
        return new Request(
                false,
                "/v2/mine/blobs/uploads/",
                Map.of("name", MINE.value()),
                Map.of("mount", List.of(HELLO.toString()), "from", List.of(from)),
                Map.of("Content-Length", "0"),
                new Client(InetAddress.getLoopbackAddress(), Optional.empty()),
                caller,
                InputStream.nullInputStream());
    }

    /** May do what they like, but for pulling from the secret repository, which they may or may not. */
    private record Somebody(boolean mayPullSecret) implements Caller {
        @Override
        public Optional<String> name() {
            return Optional.of("somebody");
        }

        @Override
        public boolean may(Permission permission) {
            return mayPullSecret || !permission.equals(new Permission.OnRepository(SECRET, Action.PULL));
        }

        @Override
        public boolean sees(RepositoryName repository) {
            return may(new Permission.OnRepository(repository, Action.PULL));
        }

        @Override
        public void require(List<Permission> needed) {}
    }
}
