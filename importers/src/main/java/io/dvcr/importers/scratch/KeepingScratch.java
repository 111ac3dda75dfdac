package io.dvcr.importers.scratch;

import io.dvcr.converters.DiskSink;
import io.dvcr.converters.WatchedSink;
import io.dvcr.converters.disk.DiskWriter;
import io.dvcr.importers.scratch.KeptState.Chunked;
import io.dvcr.importers.scratch.KeptState.Spooled;
import io.dvcr.importers.source.Representation;
import io.dvcr.storage.content.BlobHolds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/** The scratch of an import that goes on after a restart. Used by one thread. */
final class KeepingScratch implements PassScratch {
    private final KeptFiles files;
    private final Optional<KeptState> before;
    private final DiskWriter writer;
    private final UUID job;
    private final BlobHolds holds;
    private final Representation version;
    private final Keeping keeping;

    /** @param before what an earlier run has kept, which comes once more */
    KeepingScratch(
            KeptFiles files,
            Optional<KeptState> before,
            DiskWriter writer,
            UUID job,
            BlobHolds holds,
            Representation version) {
        this.files = files;
        this.before = before;
        this.writer = writer;
        this.job = job;
        this.holds = holds;
        this.version = version;
        this.keeping = new Keeping(
                job, version.length(), before.map(state -> state.part().bytes()).orElse(0L));
    }

    @Override
    public SpoolFile spool() throws IOException {
        Path path = files.file(KeptImport.SPOOL);
        return new SpoolFile(path, content(path), this::arrived, () -> {});
    }

    private ArrivingFile content(Path path) throws IOException {
        if (before.isPresent() && before.get().part() instanceof Spooled spooled) {
            return ArrivingFile.again(path, spooled.bytes());
        }
        Files.deleteIfExists(path);
        ArrivingFile content = ArrivingFile.create(path);
        files.write(new KeptState(version, new Spooled(0, Boot.now())));
        return content;
    }

    private void arrived(ArrivingFile content, boolean complete) {
        if (complete) {
            keeping.keepNow(() -> keep(content));
        } else if (keeping.isDue(content.arrived())) {
            keeping.keep(content.arrived(), () -> keep(content));
        }
    }

    private void keep(ArrivingFile content) throws IOException {
        long bytes = content.arrived();
        content.force();
        files.write(new KeptState(version, new Spooled(bytes, Boot.now())));
    }

    @Override
    public DiskSink passing(DiskSink sink) {
        int run = before.map(KeptState::part)
                .map(part -> part instanceof Chunked chunked ? chunked.run() + 1 : 0)
                .orElse(0);
        DiskTables tables = new DiskTables(files, run, held -> holds.hold(job, held));
        return new WatchedSink(sink, passed -> {
            if (keeping.isDue(passed)) {
                tables.add(writer.soFar());
                keeping.keep(passed, () -> tables.write(version));
            }
        });
    }

    @Override
    public void close() {
        keeping.close();
    }
}
