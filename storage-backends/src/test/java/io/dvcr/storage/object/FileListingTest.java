package io.dvcr.storage.object;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Listings of directories, whose names do not sort quite as keys do. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class FileListingTest {
    private static final String LETTERS = "ab-.%0";

    @TempDir
    private Path root;

    @Test
    void a_page_is_what_a_sorted_set_of_all_keys_would_give_wherever_it_begins() throws IOException {
        long seed = new Random().nextLong();
        System.out.println("listings: seed " + seed);
        Random random = new Random(seed);
        NavigableSet<String> keys = randomFiles(random, 400);
        DirectoryNames names = new DirectoryNames();
        for (int i = 0; i < 2000; i++) {
            String prefix = random.nextBoolean() ? "k/" : "k/" + name(random) + "/";
            String after = random.nextInt(4) == 0 ? anyOf(keys, random) : key(random);
            int limit = 1 + random.nextInt(20);
            assertThat(new FileListing(root, names, prefix, Optional.of(after), limit).list())
                    .as("%d after %s below %s", limit, after, prefix)
                    .extracting(info -> info.key().value())
                    .isEqualTo(keys.tailSet(after, false).stream()
                            .filter(key -> key.startsWith(prefix))
                            .limit(limit)
                            .toList());
        }
    }

    @Test
    void what_is_new_in_a_large_directory_is_seen_though_the_directory_was_listed_before() throws IOException {
        Path directory = Files.createDirectories(root.resolve("k"));
        for (int i = 1000; i < 3000; i++) {
            Files.createFile(directory.resolve("n" + i));
        }
        Files.setLastModifiedTime(directory, FileTime.from(Instant.now().minusSeconds(60)));
        DirectoryNames names = new DirectoryNames();
        assertThat(new FileListing(root, names, "k/", Optional.empty(), 5000).list())
                .hasSize(2000);
        Files.createFile(directory.resolve("n0999"));
        Files.delete(directory.resolve("n1001"));
        assertThat(new FileListing(root, names, "k/", Optional.empty(), 3).list())
                .extracting(info -> info.key().value())
                .isEqualTo(List.of("k/n0999", "k/n1000", "k/n1002"));
    }

    private NavigableSet<String> randomFiles(Random random, int count) throws IOException {
        NavigableSet<String> keys = new TreeSet<>();
        try (FileSystemStore store = FileSystemStore.open(root)) {
            while (keys.size() < count) {
                String key = key(random);
                if (isFree(key, keys)) {
                    store.put(new ObjectKey(key), ByteBuffer.allocate(0));
                    keys.add(key);
                }
            }
        }
        return keys;
    }

    /** A file cannot be a directory as well. */
    private static boolean isFree(String key, Set<String> keys) {
        return keys.stream().noneMatch(other -> other.startsWith(key + "/") || key.startsWith(other + "/"));
    }

    private static String anyOf(Set<String> keys, Random random) {
        return keys.stream().skip(random.nextInt(keys.size())).findFirst().orElseThrow();
    }

    private static String key(Random random) {
        StringBuilder key = new StringBuilder("k");
        for (int depth = 1 + random.nextInt(3); depth > 0; depth--) {
            key.append('/').append(name(random));
        }
        return key.toString();
    }

    private static String name(Random random) {
        StringBuilder name = new StringBuilder().append("ab0".charAt(random.nextInt(3)));
        for (int length = random.nextInt(4); length > 0; length--) {
            name.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return name.toString();
    }
}
