package io.dvcr.importers.scratch;

import io.dvcr.converters.disk.DiskSoFar;
import io.dvcr.converters.disk.DiskSoFar.Frames;
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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The tables of a disk that is being written, and the packs under way, as files that grow. A run of a job writes its
 * own: those of the run before count until the first state of this one is written. What is added waits in memory until
 * it is written, with at most as many frames as there are in the packs under way. Thread-safe.
 */
final class DiskTables {
    private static final String CHUNKS = "chunks-";
    private static final String EXTENTS = "extents-";
    private static final String FRAMES = "frames-";

    private final KeptFiles files;
    private final int run;
    private final Hold hold;
    private final Growth chunks = new Growth();
    private final Growth extents = new Growth();
    private final Map<Integer, Growth> frames = new HashMap<>();
    private long size;
    private List<Pack> packs = List.of();
    private Set<Digest> held = Set.of();

    /** Keeps blobs from garbage collection. */
    interface Hold {
        void hold(Set<Digest> blobs) throws IOException;
    }

    DiskTables(KeptFiles files, int run, Hold hold) {
        this.files = files;
        this.run = run;
        this.hold = hold;
    }

    /** The disk has come so far. */
    synchronized void add(DiskSoFar soFar) {
        size = soFar.size();
        packs = soFar.packs();
        chunks.add(soFar.chunks());
        extents.add(soFar.extents());
        frames.keySet().removeIf(pack -> packs.get(pack).origin() != Origin.UNDER_WAY);
        for (Frames pack : soFar.frames()) {
            Growth growth = frames.computeIfAbsent(pack.pack(), _ -> new Growth());
            int told = (int) growth.length();
            growth.add(pack.bytes().slice(told, pack.bytes().remaining() - told));
        }
    }

    /** Writes what was added, durably. */
    void write(Representation version) throws IOException {
        Writing writing = writing();
        files.requireRoom();
        holdPacks(writing.state().packs());
        for (Write write : writing.writes()) {
            write(write);
        }
        files.write(new KeptState(version, writing.state()));
        removeAllBut(writing.writes());
    }

    /** What is to be written, and the state that it makes. */
    private record Writing(List<Write> writes, Chunked state) {}

    private record Write(String file, long at, List<ByteBuffer> pieces) {}

    private synchronized Writing writing() {
        List<Write> writes = new ArrayList<>();
        writes.add(chunks.take(CHUNKS + run));
        writes.add(extents.take(EXTENTS + run));
        Map<Integer, Integer> underWay = new HashMap<>();
        frames.forEach((pack, growth) -> {
            writes.add(growth.take(frames(run, pack)));
            underWay.put(pack, (int) growth.length());
        });
        return new Writing(writes, new Chunked(size, run, chunks.length(), extents.length(), underWay, packs));
    }

    /** A file, of which some is written and some waits. */
    private static final class Growth {
        private long written;
        private long length;
        private List<ByteBuffer> waiting = new ArrayList<>();

        long length() {
            return length;
        }

        void add(ByteBuffer more) {
            waiting.add(
                    ByteBuffer.allocate(more.remaining()).put(more.duplicate()).flip());
            length += more.remaining();
        }

        Write take(String file) {
            Write write = new Write(file, written, waiting);
            written = length;
            waiting = new ArrayList<>();
            return write;
        }
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

    private void write(Write write) throws IOException {
        try (FileChannel channel =
                FileChannel.open(files.file(write.file()), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.truncate(write.at()); // of a run that was cut off before its state was written
            channel.position(write.at());
            for (ByteBuffer piece : write.pieces()) {
                while (piece.hasRemaining()) {
                    channel.write(piece);
                }
            }
            channel.force(false);
        }
    }

    private void removeAllBut(List<Write> current) throws IOException {
        Set<String> kept = current.stream().map(Write::file).collect(Collectors.toSet());
        files.deleteAll(name -> isTable(name) && !kept.contains(name));
    }

    private static boolean isTable(String name) {
        return name.startsWith(CHUNKS) || name.startsWith(EXTENTS) || name.startsWith(FRAMES);
    }

    private static String frames(int run, int pack) {
        return FRAMES + run + "-" + pack;
    }

    /** What was kept by {@code state}. */
    static DiskSoFar read(KeptFiles files, Chunked state) throws IOException {
        List<Frames> frames = new ArrayList<>();
        for (Map.Entry<Integer, Integer> pack : state.underWay().entrySet()) {
            Path file = files.file(frames(state.run(), pack.getKey()));
            frames.add(new Frames(pack.getKey(), read(file, pack.getValue())));
        }
        return new DiskSoFar(
                state.bytes(),
                state.packs(),
                read(files.file(CHUNKS + state.run()), state.chunkBytes()),
                read(files.file(EXTENTS + state.run()), state.extentBytes()),
                frames);
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
