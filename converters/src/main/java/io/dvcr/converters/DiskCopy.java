package io.dvcr.converters;

import io.dvcr.converters.RandomAccessDisk.Run;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Reads a whole disk in order. Only data is read, holes are told by their length; while the sink works on one piece,
 * the next ones are being read. It holds 8 MiB.
 */
public final class DiskCopy {
    private static final int PIECE_BYTES = 1 << 20;
    private static final int PIECES = 8;

    private final RandomAccessDisk disk;
    private final DiskSink sink;
    private final ExecutorService readers;
    private final Deque<ByteBuffer> free = new ArrayDeque<>();
    private final Deque<Step> ahead = new ArrayDeque<>();

    private DiskCopy(RandomAccessDisk disk, DiskSink sink, ExecutorService readers, Arena memory) {
        this.disk = disk;
        this.sink = sink;
        this.readers = readers;
        for (int i = 0; i < PIECES; i++) {
            free.add(memory.allocate(PIECE_BYTES).asByteBuffer());
        }
    }

    /** Gives all of {@code disk} to {@code sink}, on the calling thread. Neither is closed. */
    public static void copy(RandomAccessDisk disk, DiskSink sink) throws IOException {
        try (Arena memory = Arena.ofShared(); // on the heap, pieces would be garbage that stays for long
                ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            new DiskCopy(disk, sink, readers, memory).run();
        }
    }

    private void run() throws IOException {
        sink.expect(disk.size());
        long offset = 0;
        while (offset < disk.size()) {
            Run run = disk.runAt(offset);
            if (run.data()) {
                readAhead(run);
            } else {
                ahead.add(new Zeros(run.length()));
            }
            offset = run.end();
        }
        while (!ahead.isEmpty()) {
            deliver();
        }
    }

    private void readAhead(Run run) throws IOException {
        for (long offset = run.offset(); offset < run.end(); offset += PIECE_BYTES) {
            while (free.isEmpty()) {
                deliver();
            }
            ByteBuffer piece = free.remove().clear().limit((int) Math.min(PIECE_BYTES, run.end() - offset));
            ahead.add(new Reading(readers.submit(reading(offset, piece))));
        }
    }

    private Callable<ByteBuffer> reading(long offset, ByteBuffer piece) {
        return () -> {
            disk.read(offset, piece);
            return piece.flip();
        };
    }

    private void deliver() throws IOException {
        switch (ahead.remove()) {
            case Zeros(long length) -> sink.zeros(length);
            case Reading(Future<ByteBuffer> reading) -> {
                ByteBuffer piece = Waiting.on(reading);
                sink.data(piece);
                free.add(piece);
            }
        }
    }

    /** What the sink is given next. */
    private sealed interface Step {}

    private record Zeros(long length) implements Step {}

    private record Reading(Future<ByteBuffer> piece) implements Step {}
}
