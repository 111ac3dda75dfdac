import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.content.BlobDraft;
import io.dvcr.storage.content.ContentStore;
import io.dvcr.storage.content.StoredManifest;
import io.dvcr.storage.object.FileSystemStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * Fills a store with repositories of ten tags each; every tag names a manifest of its own, with a layer of its own, and a
 * config that all share. Run by scale.sh, with nothing forced to disk: STORE FIRST END, the numbers of repositories.
 */
final class Catalogue {
    private static final String TYPE = "application/vnd.oci.image.manifest.v1+json";
    private static final byte[] CONFIG = bytes("{}");
    private static final int TAGS = 10;
    private static final int REPOSITORIES_OF_A_TEAM = 1000;

    public static void main(String[] args) throws Exception {
        try (FileSystemStore store = FileSystemStore.open(Path.of(args[0]));
                ExecutorService threads =
                        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            ContentStore content = ContentStore.over(store, Clock.systemUTC());
            List<Future<Object>> filled = IntStream.range(Integer.parseInt(args[1]), Integer.parseInt(args[2]))
                    .mapToObj(number -> threads.submit(() -> fill(content, number)))
                    .toList();
            for (Future<Object> one : filled) {
                one.get();
            }
        }
    }

    private static Object fill(ContentStore content, int number) throws IOException {
        RepositoryName repository = new RepositoryName(
                "team%03d/image%03d".formatted(number / REPOSITORIES_OF_A_TEAM, number % REPOSITORIES_OF_A_TEAM));
        for (int version = 1; version <= TAGS; version++) {
            byte[] layer = bytes(repository + ":" + version);
            String manifest = """
                    {"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}""".formatted(
                            TYPE,
                            descriptor("application/vnd.oci.empty.v1+json", CONFIG),
                            descriptor("application/octet-stream", layer));
            try (BlobDraft draft = content.blobs().draft(repository)) {
                draft.put(Digest.sha256(CONFIG), ByteBuffer.wrap(CONFIG));
                draft.put(Digest.sha256(layer), ByteBuffer.wrap(layer));
                byte[] bytes = bytes(manifest);
                content.manifests()
                        .put(
                                repository,
                                new StoredManifest(Digest.sha256(bytes), TYPE, bytes),
                                List.of(new Tag("1." + version)));
                draft.keep();
            }
        }
        return repository;
    }

    private static String descriptor(String mediaType, byte[] content) {
        return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
                .formatted(mediaType, Digest.sha256(content), content.length);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
