package io.dvcr.importers.scratch;

import io.dvcr.converters.disk.BegunDisk;
import io.dvcr.converters.disk.DiskWriter;
import io.dvcr.importers.image.ImageDraft;
import io.dvcr.importers.scratch.KeptState.Chunked;
import io.dvcr.importers.scratch.KeptState.Part;
import io.dvcr.importers.scratch.KeptState.Spooled;
import io.dvcr.importers.source.HeadStart;
import io.dvcr.importers.source.Representation;
import io.dvcr.storage.content.BlobHolds;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is kept of one import to go on with: of an image that is read at random the file, as far as it came; of a disk
 * that passes without one, where in the packs that it has stored its chunks are. Only of what comes as it is, neither
 * compressed nor packed, for nobody can go on in the middle of those. One for each run. Not thread-safe.
 */
public final class KeptImport {
    static final String SPOOL = "spool";

    private static final Logger LOG = LoggerFactory.getLogger(KeptImport.class);

    private final KeptFiles files;
    private final UUID job;
    private final BlobHolds holds;
    private Optional<KeptState> state = Optional.empty();
    private Optional<BegunDisk> begun = Optional.empty();

    KeptImport(KeptFiles files, UUID job, BlobHolds holds) {
        this.files = files;
        this.job = job;
        this.holds = holds;
    }

    /**
     * What an earlier run has kept of the source. If it is of no use, it is gone afterwards. To be asked once.
     *
     * @param draft of the image, which takes up what the earlier run has stored
     */
    public Optional<HeadStart> headStart(ImageDraft draft) throws IOException {
        load();
        Optional<InputStream> bytes = Optional.empty();
        if (begun.isPresent()) {
            bytes = draft.takeUp(begun.get());
        } else if (state.isPresent()) {
            bytes = Optional.of(Files.newInputStream(files.file(SPOOL)));
        }
        if (bytes.isEmpty()) {
            forget();
            return Optional.empty();
        }
        Representation version = state.orElseThrow().version();
        // one byte at least is to be fetched, to see whether it is still the same source
        long most = version.length().orElse(Long.MAX_VALUE) - 1;
        return Optional.of(new HeadStart(version, Math.min(state.get().part().bytes(), most), bytes.get()));
    }

    /** What cannot be read is as good as not kept. */
    private void load() {
        try {
            state = files.read();
            if (state.isPresent()) {
                state = Optional.of(
                        new KeptState(state.get().version(), part(state.get().part())));
            }
        } catch (IOException e) {
            state = Optional.empty();
            LOG.atWarn().addKeyValue("import", job).setCause(e).log("what was kept of an import is of no use");
        }
    }

    private Part part(Part kept) throws IOException {
        return switch (kept) {
            case Chunked chunked -> {
                begun = Optional.of(new BegunDisk(DiskTables.read(files, chunked)));
                yield chunked;
            }
            case Spooled spooled -> {
                long length = Files.size(files.file(SPOOL));
                if (length < spooled.bytes()) {
                    throw new EOFException("the spool has " + length + " bytes, not " + spooled.bytes());
                }
                boolean sameBoot = spooled.boot().isPresent() && spooled.boot().equals(Boot.now());
                yield new Spooled(sameBoot ? length : spooled.bytes(), spooled.boot());
            }
        };
    }

    /** The disk that an earlier run has begun; to be asked after {@link #headStart}. */
    public Optional<BegunDisk> begun() {
        return begun;
    }

    /**
     * Keeps what comes now.
     *
     * @param writer gets the disk, and was given {@link #begun()}
     * @param version of the source; empty if it comes in a way that nobody can go on with
     */
    public PassScratch during(DiskWriter writer, Optional<Representation> version) {
        return version.isPresent()
                ? new KeepingScratch(files, state, writer, job, holds, version.get())
                : new BareScratch(files);
    }

    /** Removes all that is kept. */
    public void forget() throws IOException {
        state = Optional.empty();
        begun = Optional.empty();
        files.clear();
        holds.release(job);
    }
}
