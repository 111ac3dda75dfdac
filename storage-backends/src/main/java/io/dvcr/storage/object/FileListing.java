package io.dvcr.storage.object;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * One listing of {@link StoredFiles}: walks the directories in the order of the keys, from where it is to go on to
 * the limit, and looks at nothing else.
 */
final class FileListing {
    private final Path root;
    private final DirectoryNames directories;
    private final String prefix;
    private final String after;
    private final int limit;
    private final List<ObjectInfo> found = new ArrayList<>();

    FileListing(Path root, DirectoryNames directories, String prefix, Optional<String> after, int limit) {
        if (!prefix.endsWith("/")) {
            throw new IllegalArgumentException("a prefix ends with /: " + prefix);
        }
        this.root = root;
        this.directories = directories;
        this.prefix = prefix;
        this.after = after.orElse("");
        this.limit = limit;
    }

    List<ObjectInfo> list() throws IOException {
        walk(root.resolve(prefix), prefix);
        return List.copyOf(found);
    }

    /**
     * Names sort as their keys do, but for a directory {@code a}: the keys in it begin with {@code a/}, which is behind
     * {@code a-b} and {@code a.b}. So it waits until those have had their turn.
     */
    private void walk(Path directory, String keyPrefix) throws IOException {
        String[] names = directories.in(directory);
        String from = firstName(keyPrefix);
        Deque<String> waiting = namesBefore(from, names);
        int start = Arrays.binarySearch(names, from);
        for (int i = start < 0 ? -start - 1 : start; i < names.length && found.size() < limit; i++) {
            String name = names[i];
            while (!waiting.isEmpty() && !isBeforeKeysIn(waiting.element(), name)) {
                visit(directory, keyPrefix, waiting.remove());
            }
            boolean others = i + 1 < names.length && isBeforeKeysIn(name, names[i + 1]);
            if (others && Files.isDirectory(directory.resolve(name))) {
                waiting.push(name);
            } else {
                visit(directory, keyPrefix, name);
            }
        }
        while (!waiting.isEmpty()) {
            visit(directory, keyPrefix, waiting.remove());
        }
    }

    /** The name in a directory that {@code after} leads to; what sorts before it has been listed. */
    private String firstName(String keyPrefix) {
        if (!after.startsWith(keyPrefix)) {
            return "";
        }
        int end = after.indexOf('/', keyPrefix.length());
        return after.substring(keyPrefix.length(), end < 0 ? after.length() : end);
    }

    /** Of the names that sort before {@code name}, those whose keys may yet come behind it. */
    private static Deque<String> namesBefore(String name, String[] names) {
        Deque<String> before = new ArrayDeque<>();
        for (int length = 1; length < name.length(); length++) {
            String start = name.substring(0, length);
            if (isBeforeKeysIn(start, name) && Arrays.binarySearch(names, start) >= 0) {
                before.push(start);
            }
        }
        return before;
    }

    /** Whether the key {@code name} comes before those in a directory {@code directory}, whose name sorts before it. */
    private static boolean isBeforeKeysIn(String directory, String name) {
        return name.length() > directory.length()
                && name.startsWith(directory)
                && name.charAt(directory.length()) < '/';
    }

    private void visit(Path directory, String keyPrefix, String name) throws IOException {
        if (found.size() >= limit) {
            return;
        }
        Path path = directory.resolve(name);
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            String key = keyPrefix + name;
            if (attributes.isDirectory() && mayHoldKeysAfter(key + "/")) {
                walk(path, key + "/");
            } else if (attributes.isRegularFile() && isAfter(key)) {
                found.add(StoredFiles.info(new ObjectKey(key), attributes));
            }
        } catch (NoSuchFileException e) {
            // deleted since the directory was read: not there any more
        }
    }

    private boolean isAfter(String key) {
        return key.compareTo(after) > 0;
    }

    private boolean mayHoldKeysAfter(String keyPrefix) {
        return isAfter(keyPrefix) || after.startsWith(keyPrefix);
    }
}
