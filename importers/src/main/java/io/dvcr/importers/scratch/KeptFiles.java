package io.dvcr.importers.scratch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The directory of one import. It is there as long as there is something in it. Thread-safe. */
record KeptFiles(Path directory) {
    private static final String STATE = "state.json";
    private static final String NEW_STATE = "state.new";

    /** Several times what is kept of a disk at most. */
    private static final long LEAST_ROOM = 512L << 20;

    /** A file of that name, for which there is a directory now. */
    Path file(String name) throws IOException {
        if (!Files.isDirectory(directory)) {
            try {
                Files.createDirectory(directory); // and no more: somebody may have unmounted what it is in
            } catch (FileAlreadyExistsException e) {
                // by another thread, just now
            }
        }
        return directory.resolve(name);
    }

    /** Says, for good, what the other files are worth. They have to be forced before. */
    void write(KeptState state) throws IOException {
        Path fresh = file(NEW_STATE);
        try (FileChannel channel = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer json = ByteBuffer.wrap(KeptStateJson.write(state));
            while (json.hasRemaining()) {
                channel.write(json);
            }
            channel.force(true);
        }
        Files.move(fresh, file(STATE), StandardCopyOption.ATOMIC_MOVE);
        forceDirectory();
    }

    private void forceDirectory() throws IOException {
        try (FileChannel channel = FileChannel.open(directory)) {
            channel.force(true);
        }
    }

    /** What was written last; empty if there is nothing. */
    Optional<KeptState> read() throws IOException {
        try {
            return Optional.of(KeptStateJson.parse(Files.readAllBytes(directory.resolve(STATE))));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** @throws IOException if the disk has so little room that its last is not to be taken for what is only kept */
    void requireRoom() throws IOException {
        long room = Files.getFileStore(file(STATE).getParent()).getUsableSpace();
        if (room < LEAST_ROOM) {
            throw new IOException("only " + room + " bytes are free");
        }
    }

    /** Removes every file: the one first that gives the others their worth. */
    void clear() throws IOException {
        Files.deleteIfExists(directory.resolve(STATE));
        delete(directory);
    }

    /** Removes the files of such names. */
    void deleteAll(Predicate<String> names) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (names.test(file.getFileName().toString())) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /** Removes {@code entry}, and if it is a directory what is in it; links are not followed. */
    static void delete(Path entry) throws IOException {
        if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> files = Files.list(entry)) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    delete(file);
                }
            }
        }
        Files.deleteIfExists(entry);
    }
}
