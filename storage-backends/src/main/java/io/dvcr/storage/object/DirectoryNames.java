package io.dvcr.storage.object;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

/**
 * The sorted names in directories. Those of a large one are remembered for as long as it stays as it is, because who
 * pages through it asks again for each page. Thread-safe.
 */
final class DirectoryNames {
    private static final int LARGE = 1000;

    /** Some 400,000 digests, or twice as many names of repositories. */
    private static final long MOST_REMEMBERED_BYTES = 40L << 20;

    /** What a string takes besides its characters. */
    private static final int STRING_BYTES = 44;

    private static final Duration REMEMBERED_FOR = Duration.ofMinutes(1);

    /** A directory that changes twice within a tick of the file system's clock shows one time for both. */
    private static final Duration SETTLED = Duration.ofSeconds(2);

    private final Cache<Path, Listed> remembered = Caffeine.newBuilder()
            .maximumWeight(MOST_REMEMBERED_BYTES)
            .weigher((Path _, Listed listed) -> listed.bytes())
            .expireAfterAccess(REMEMBERED_FOR)
            .build();

    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Listed(FileTime modified, String[] names) {
        int bytes() {
            long bytes = 0;
            for (String name : names) {
                bytes += STRING_BYTES + name.length();
            }
            return (int) Math.min(bytes, Integer.MAX_VALUE);
        }
    }

    /** Names of files and directories alike, sorted; none if there is no such directory. Not to be changed. */
    String[] in(Path directory) throws IOException {
        Listed known = remembered.getIfPresent(directory);
        try {
            FileTime modified = Files.getLastModifiedTime(directory);
            if (known != null && known.modified().equals(modified)) {
                return known.names();
            }
            Listed listed = new Listed(modified, sorted(directory.toFile()));
            if (listed.names().length >= LARGE && isSettled(modified)) {
                remembered.put(directory, listed);
            }
            return listed.names();
        } catch (NoSuchFileException e) {
            return new String[0];
        }
    }

    private static String[] sorted(File directory) throws IOException {
        String[] names = directory.list();
        if (names == null && directory.isDirectory()) {
            throw new IOException("cannot read the directory " + directory);
        }
        String[] sorted = names == null ? new String[0] : names;
        Arrays.sort(sorted);
        return sorted;
    }

    private static boolean isSettled(FileTime modified) {
        return modified.toInstant().isBefore(Instant.now().minus(SETTLED));
    }
}
