package io.dvcr.storage.object;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One listing of a {@link FileSystemStore}: walks the directories in the order of the keys and stops at the limit. */
final class FileListing {
    private final Path root;
    private final String prefix;
    private final Optional<String> after;
    private final int limit;
    private final List<ObjectInfo> found = new ArrayList<>();

    FileListing(Path root, String prefix, Optional<String> after, int limit) {
        if (!prefix.endsWith("/")) {
            throw new IllegalArgumentException("a prefix ends with /: " + prefix);
        }
        this.root = root;
        this.prefix = prefix;
        this.after = after;
        this.limit = limit;
    }

    List<ObjectInfo> list() throws IOException {
        walk(root.resolve(prefix), prefix);
        return List.copyOf(found);
    }

    private void walk(Path directory, String keyPrefix) throws IOException {
        for (String name : sortedNames(directory)) {
            if (found.size() >= limit) {
                return;
            }
            if (name.endsWith("/")) {
                if (mayHoldKeysAfter(keyPrefix + name)) {
                    walk(directory.resolve(name), keyPrefix + name);
                }
            } else if (isAfter(keyPrefix + name)) {
                add(directory.resolve(name), new ObjectKey(keyPrefix + name));
            }
        }
    }

    private void add(Path file, ObjectKey key) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (attributes.isRegularFile()) { // else a directory that came and went while its parent was read
                found.add(FileSystemStore.info(key, attributes));
            }
        } catch (NoSuchFileException e) {
            // deleted since the directory was read: not there any more
        }
    }

    private boolean isAfter(String key) {
        return after.isEmpty() || key.compareTo(after.get()) > 0;
    }

    private boolean mayHoldKeysAfter(String keyPrefix) {
        return isAfter(keyPrefix) || after.orElse("").startsWith(keyPrefix);
    }

    /** The names in {@code directory}; a directory's ends with {@code /}, which sorts it as its keys sort. */
    private static List<String> sortedNames(Path directory) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                names.add(entry.toFile().getName() + (Files.isDirectory(entry) ? "/" : ""));
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        }
        names.sort(null);
        return names;
    }
}
