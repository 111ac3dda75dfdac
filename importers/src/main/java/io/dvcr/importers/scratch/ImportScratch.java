package io.dvcr.importers.scratch;

import io.dvcr.storage.content.BlobHolds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A directory with one for each import, named by its job, that has something to keep. What is lost of it is fetched
 * again, so it may lie on a disk that does not last. Thread-safe.
 */
public final class ImportScratch {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private static final String OF_EARLIER_VERSIONS = ".import";

    private final Path root;
    private final BlobHolds holds;

    private ImportScratch(Path root, BlobHolds holds) {
        this.root = root;
        this.holds = holds;
    }

    /**
     * Makes {@code root} if need be, and removes from it what imports of earlier versions left.
     *
     * @param holds keep what jobs have put in the store
     */
    public static ImportScratch prepared(Path root, BlobHolds holds) throws IOException {
        Files.createDirectories(root);
        for (Path entry : entriesOf(root)) {
            if (entry.toString().endsWith(OF_EARLIER_VERSIONS)) {
                KeptFiles.delete(entry);
            }
        }
        return new ImportScratch(root, holds);
    }

    /** The jobs that something is kept of. */
    public Set<UUID> jobs() throws IOException {
        Set<UUID> jobs = new HashSet<>(holds.jobs());
        for (Path entry : entriesOf(root)) {
            jobOf(entry).ifPresent(jobs::add);
        }
        return Set.copyOf(jobs);
    }

    private static Set<Path> entriesOf(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return Set.copyOf(entries.toList());
        }
    }

    private static Optional<UUID> jobOf(Path entry) {
        String name = entry.getFileName().toString();
        return ID.matcher(name).matches() ? Optional.of(UUID.fromString(name)) : Optional.empty();
    }

    /** What is kept of {@code job}, for one run of it. */
    public KeptImport of(UUID job) {
        return new KeptImport(new KeptFiles(root.resolve(job.toString())), job, holds);
    }
}
