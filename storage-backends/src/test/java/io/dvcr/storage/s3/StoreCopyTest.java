package io.dvcr.storage.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.Blob;
import io.dvcr.storage.content.ContentStore;
import io.dvcr.storage.content.IncomingFile;
import io.dvcr.storage.content.IncomingFiles;
import io.dvcr.storage.content.StoreCopy;
import io.dvcr.storage.content.StoreCopy.Report;
import io.dvcr.storage.content.StoreLayout;
import io.dvcr.storage.content.Upload;
import io.dvcr.storage.content.UploadId;
import io.dvcr.storage.object.FileSystemStore;
import io.dvcr.storage.object.ObjectStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A registry moves from files to a bucket and back. */
@ExtendWith(S3Proxy.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class StoreCopyTest {
    private static final RepositoryName REPOSITORY = new RepositoryName("vms/web");

    private final S3Settings settings;

    StoreCopyTest(S3Endpoint endpoint) {
        this.settings = endpoint.anywhere();
    }

    @Test
    void everything_is_there_afterwards_and_a_second_copy_has_little_to_do(@TempDir Path directory) throws IOException {
        byte[] large = new byte[6 << 20];
        new Random(1).nextBytes(large);
        try (FileSystemStore files = FileSystemStore.open(directory.resolve("files"));
                S3Store bucket = S3Store.open(settings, StoreLayout::mayGrow);
                FileSystemStore back = FileSystemStore.open(directory.resolve("back"))) {
            Digest small = push(files, "hello".getBytes(UTF_8));
            Digest pushed = push(files, large);
            UploadId image = sendHalf(files);

            Report first = new StoreCopy(files, bucket).run();
            Report again = new StoreCopy(files, bucket).run();
            new StoreCopy(bucket, back).run();

            assertThat(first.damaged()).isEmpty();
            assertThat(first.there()).isZero();
            assertThat(again.there()).isEqualTo(2);
            ContentStore content = ContentStore.over(back, Clock.systemUTC());
            assertThat(content.blobs().readAll(content.blobs().get(REPOSITORY, small)))
                    .asString(UTF_8)
                    .isEqualTo("hello");
            assertThat(content.blobs().readAll(new Blob(pushed, large.length))).isEqualTo(large);
            assertThat(IncomingFiles.in(back).read(image).readAllBytes())
                    .asString(UTF_8)
                    .isEqualTo("half of it");
        }
    }

    @Test
    void what_is_not_what_its_digest_says_stays_behind_and_is_told(@TempDir Path directory) throws IOException {
        try (FileSystemStore files = FileSystemStore.open(directory.resolve("files"));
                FileSystemStore others = FileSystemStore.open(directory.resolve("others"))) {
            Digest digest = push(files, "hello".getBytes(UTF_8));
            String key = "blobs/sha256/" + digest.hex().substring(0, 2) + "/" + digest.hex();
            Files.writeString(directory.resolve("files").resolve(key), "hullo");

            assertThat(new StoreCopy(files, others).run().damaged()).containsExactly(key);
            assertThat(directory.resolve("others").resolve(key)).doesNotExist();
        }
    }

    private static Digest push(ObjectStore store, byte[] content) throws IOException {
        Digest digest = Digest.sha256(content);
        try (Upload upload =
                ContentStore.over(store, Clock.systemUTC()).uploads().begin(REPOSITORY, Digest.Algorithm.SHA256)) {
            upload.append(new ByteArrayInputStream(content), 1L << 30);
            upload.commit(digest);
        }
        return digest;
    }

    private static UploadId sendHalf(ObjectStore store) throws IOException {
        IncomingFiles files = IncomingFiles.in(store);
        UploadId id = UploadId.parse(UUID.randomUUID().toString());
        files.begin(id, "{}".getBytes(UTF_8));
        try (IncomingFile file = files.open(id)) {
            file.append(new ByteArrayInputStream("half of it".getBytes(UTF_8)), 1000);
        }
        return id;
    }
}
