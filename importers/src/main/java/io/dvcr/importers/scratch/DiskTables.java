package io.dvcr.importers.scratch;

import io.dvcr.converters.disk.DiskSoFar;
import io.dvcr.converters.disk.DiskSoFar.Origin;
import io.dvcr.converters.disk.DiskSoFar.Pack;
import io.dvcr.importers.scratch.KeptState.Chunked;
import io.dvcr.importers.source.Representation;
import io.dvcr.storage.Digest;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The tables of a disk that is being written, and the pack under way, as files that grow. A run of a job writes its own:
 * those of the run before count until the first state of this one is written. {@link #addition} is for the thread that
 * writes the disk, {@link #add} for the one that keeps it.
 */
final class DiskTables {
    private static final String CHUNKS = "chunks-";
    private static final String EXTENTS = "extents-";
    private static final String FRAMES = "frames-";

    private final KeptFiles files;
    private final int run;
    private final Hold hold;
    private long chunkBytes;
    private long extentBytes;
    private OptionalInt underWay = OptionalInt.empty();
    private int frameBytes;
    private Set<Digest> held = Set.of();

    /** Keeps blobs from garbage collection. */
    interface Hold {
        void hold(Set<Digest> blobs) throws IOException;
    }

    /** What is to be written, and where; copied out of the writer of the disk. */
    record Addition(DiskSoFar soFar, long chunksAt, long extentsAt, OptionalInt underWay, long framesAt) {}

    DiskTables(KeptFiles files, int run, Hold hold) {
        this.files = files;
        this.run = run;
        this.hold = hold;
    }

    Addition addition(DiskSoFar soFar) {
        OptionalInt pack = underWay(soFar.packs());
        int framesAt = pack.equals(underWay) ? frameBytes : 0;
        ByteBuffer frames = soFar.frames();
        DiskSoFar copied = new DiskSoFar(
                soFar.size(),
                soFar.packs(),
                copy(soFar.chunks()),
                copy(soFar.extents()),
                copy(frames.slice(framesAt, frames.remaining() - framesAt)));
        Addition addition = new Addition(copied, chunkBytes, extentBytes, pack, framesAt);
        chunkBytes += copied.chunks().remaining();
        extentBytes += copied.extents().remaining();
        underWay = pack;
        frameBytes = frames.remaining();
        return addition;
    }

    private static OptionalInt underWay(List<Pack> packs) {
        return IntStream.range(0, packs.size())
                .filter(number -> packs.get(number).origin() == Origin.UNDER_WAY)
                .findFirst();
    }

    private static ByteBuffer copy(ByteBuffer bytes) {
        return ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
    }

    void add(Addition addition, Representation version) throws IOException {
        DiskSoFar soFar = addition.soFar();
        Chunked state = new Chunked(
                soFar.size(),
                run,
                addition.chunksAt() + soFar.chunks().remaining(),
                addition.extentsAt() + soFar.extents().remaining(),
                addition.underWay(),
                addition.framesAt() + soFar.frames().remaining(),
                soFar.packs());
        holdPacks(soFar.packs());
        append(chunks(run), addition.chunksAt(), soFar.chunks());
        append(extents(run), addition.extentsAt(), soFar.extents());
        if (addition.underWay().isPresent()) {
            append(frames(state), addition.framesAt(), soFar.frames());
        }
        files.write(new KeptState(version, state));
        removeAllBut(state);
    }

    private void holdPacks(List<Pack> packs) throws IOException {
        Set<Digest> stored = new HashSet<>();
        for (Pack pack : packs) {
            if (pack.origin() != Origin.UNDER_WAY) {
                stored.add(pack.blob().digest());
            }
        }
        if (!stored.equals(held)) {
            hold.hold(stored);
            held = stored;
        }
    }

    private void append(String name, long at, ByteBuffer bytes) throws IOException {
        try (FileChannel channel =
                FileChannel.open(files.file(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.truncate(at); // of a run that was cut off before its state was written
            for (long position = at; bytes.hasRemaining(); ) {
                position += channel.write(bytes, position);
            }
            channel.force(false);
        }
    }

    private void removeAllBut(Chunked state) throws IOException {
        List<String> kept = new ArrayList<>(List.of(chunks(run), extents(run)));
        if (state.underWay().isPresent()) {
            kept.add(frames(state));
        }
        files.deleteAll(name -> isTable(name) && !kept.contains(name));
    }

    private static boolean isTable(String name) {
        return name.startsWith(CHUNKS) || name.startsWith(EXTENTS) || name.startsWith(FRAMES);
    }

    private static String chunks(int run) {
        return CHUNKS + run;
    }

    private static String extents(int run) {
        return EXTENTS + run;
    }

    private static String frames(Chunked state) {
        return FRAMES + state.run() + "-" + state.underWay().orElseThrow();
    }

    /** What was kept by {@code state}. */
    static DiskSoFar read(KeptFiles files, Chunked state) throws IOException {
        return new DiskSoFar(
                state.bytes(),
                state.packs(),
                read(files.file(chunks(state.run())), state.chunkBytes()),
                read(files.file(extents(state.run())), state.extentBytes()),
                state.underWay().isPresent()
                        ? read(files.file(frames(state)), state.frameBytes())
                        : ByteBuffer.allocate(0));
    }

    private static ByteBuffer read(Path file, long length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(length));
        try (FileChannel channel = FileChannel.open(file)) {
            while (bytes.hasRemaining()) {
                if (channel.read(bytes) < 0) {
                    throw new EOFException(file + " has " + bytes.position() + " bytes, not " + length);
                }
            }
        }
        return bytes.flip();
    }
}
