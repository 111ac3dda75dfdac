package io.dvcr.storage.s3;

import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectStore.Appender;
import io.dvcr.storage.object.OvertakenException;
import io.dvcr.storage.s3.GrowthLog.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Writes at the end of an object: whole parts go to a multipart upload as they fill up, what is less than a part goes
 * with the record that a flush writes. After a failure it is of no more use; another goes on from the last record.
 * See {@code docs/adr/0016}. One thread writes; any may flush or {@link #settle}.
 */
final class S3Appender implements Appender {
    /** What has become larger gets memory for a whole part. */
    private static final int SMALL_BYTES = 64 << 10;

    /** So often a record is written although nobody has asked for it, to lose less when this process is killed. */
    private static final int RECORDED_EVERY_PARTS = 8;

    private final ObjectKey key;
    private final GrowthLog log;
    private final S3Sizes sizes;
    private final PartBuffers buffers;
    private final Consumer<S3Appender> closed;
    private final List<Segment> segments;
    private Optional<OpenSegment> open;
    private GrowthRecord last;
    private final ByteBuffer small = ByteBuffer.allocate(SMALL_BYTES);
    private Optional<ByteBuffer> part = Optional.empty();
    private boolean recorded;
    private Optional<IOException> failure = Optional.empty();

    /** What is known of an object besides its tail. */
    record State(GrowthRecord last, List<Segment> segments, Optional<OpenSegment> open) {
        State {
            segments = List.copyOf(segments);
        }
    }

    /**
     * @param state nobody else goes on from it
     * @param recorded whether {@code state} is what the bucket says
     * @param closed told when this is closed
     */
    S3Appender(
            ObjectKey key,
            GrowthLog log,
            S3Sizes sizes,
            PartBuffers buffers,
            State state,
            byte[] tail,
            boolean recorded,
            Consumer<S3Appender> closed)
            throws IOException {
        this.key = key;
        this.log = log;
        this.sizes = sizes;
        this.buffers = buffers;
        this.closed = closed;
        this.last = state.last();
        this.segments = new ArrayList<>(state.segments());
        this.open = state.open();
        room(tail.length).put(tail);
        this.recorded = recorded;
    }

    ObjectKey key() {
        return key;
    }

    /** Whether more can be written through this. */
    synchronized boolean isUsable() {
        return failure.isEmpty();
    }

    /** The last record that there is. */
    synchronized GrowthRecord last() {
        return last;
    }

    private interface Step {
        void take() throws IOException;
    }

    private void once(Step step) throws IOException {
        if (failure.isPresent()) {
            throw failure.get(); // a caller that flushes whatever happened is to see why it could not go on
        }
        failure = Optional.of(new IOException(key + " is not written through this any more"));
        try {
            step.take();
            failure = Optional.empty();
        } catch (IOException e) {
            failure = Optional.of(e);
            throw e;
        }
    }

    /** From now on nothing is written through this. */
    synchronized void giveUp() {
        failure = Optional.of(new OvertakenException("this process writes to " + key + " anew"));
    }

    @Override
    public synchronized long length() {
        return tailStart() + buffered();
    }

    private ByteBuffer buffer() {
        return part.orElse(small);
    }

    private int buffered() {
        return buffer().position();
    }

    private long tailStart() {
        return open.map(OpenSegment::sentEnd).orElseGet(this::segmentsEnd);
    }

    private long segmentsEnd() {
        return segments.isEmpty() ? 0 : segments.getLast().end();
    }

    @Override
    public synchronized void append(ByteBuffer content) throws IOException {
        once(() -> {
            while (content.hasRemaining()) {
                int count = Math.min(content.remaining(), sizes.partBytes() - buffered());
                room(count).put(content.slice(content.position(), count));
                content.position(content.position() + count);
                recorded = false;
                if (buffered() == sizes.partBytes()) {
                    sendPart();
                }
            }
        });
    }

    /** The buffer, which takes {@code count} bytes more. */
    private ByteBuffer room(int count) throws IOException {
        if (part.isEmpty() && count > small.remaining()) {
            part = Optional.of(buffers.take().put(small.flip()));
            small.clear();
        }
        return buffer();
    }

    private void sendPart() throws IOException {
        if (open.isEmpty()) {
            open = Optional.of(OpenSegment.begin(log, segmentsEnd(), sizes));
        }
        OpenSegment segment = open.get();
        ByteBuffer full = part.orElseThrow();
        segment.send(Bytes.of(full.duplicate().flip()), () -> buffers.giveBack(full));
        part = Optional.empty();
        if (segment.sent() == sizes.partsOfSegment()) {
            closeSegment();
        } else if (segment.arrived() - recordedParts() >= RECORDED_EVERY_PARTS) {
            write(
                    last.next(
                            segment.arrivedEnd(),
                            segment.start(),
                            Optional.of(segment.id()),
                            segment.arrived(),
                            sizes.partBytes()),
                    Bytes.NONE);
        }
    }

    private int recordedParts() {
        return open.filter(segment -> last.upload().equals(Optional.of(segment.id())))
                .map(_ -> last.parts())
                .orElse(0);
    }

    /** Makes all that was sent an object that can be read. */
    private void closeSegment() throws IOException {
        if (open.isPresent()) {
            record();
            segments.add(open.get().complete("", 0));
            open = Optional.empty();
            recorded = false;
        }
    }

    private void record() throws IOException {
        if (open.isPresent()) {
            open.get().awaitAll();
        }
        if (!recorded) {
            write(
                    last.next(
                            length(),
                            open.map(OpenSegment::start).orElseGet(this::segmentsEnd),
                            open.map(OpenSegment::id),
                            open.map(OpenSegment::arrived).orElse(0),
                            sizes.partBytes()),
                    Bytes.of(buffer().duplicate().flip()));
            recorded = true;
        }
    }

    private void write(GrowthRecord next, Bytes tail) throws IOException {
        if (!log.write(next, tail)) {
            throw new OvertakenException("another process writes to " + key);
        }
        GrowthRecord superseded = last;
        last = next;
        try {
            log.forget(superseded);
        } catch (IOException e) {
            // it is removed with the object; what was written counts
        }
    }

    @Override
    public synchronized void flush() throws IOException {
        once(this::record);
    }

    /** Has everything that was appended so far where it can be read. */
    synchronized void settle() throws IOException {
        once(() -> {
            closeSegment();
            record();
        });
    }

    /** Of which objects this one consists, now that nothing more is appended: the tail is in the last of them. */
    synchronized List<Segment> finish() throws IOException {
        List<Segment> all = new ArrayList<>();
        once(() -> {
            record();
            String tail = log.record(last.number());
            if (open.isPresent()) {
                segments.add(open.get().complete(tail, buffered()));
            } else if (buffered() > 0 || segments.isEmpty()) {
                segments.add(new Segment(tail, segmentsEnd(), buffered()));
            }
            all.addAll(segments);
        });
        giveUp();
        return all;
    }

    /** From where another may go on; empty if something went wrong, or is not recorded. */
    synchronized Optional<State> state() {
        return failure.isEmpty() && recorded ? Optional.of(new State(last, segments, open)) : Optional.empty();
    }

    @Override
    public synchronized void close() {
        closed.accept(this);
        giveUp();
        part.ifPresent(buffers::giveBack);
        part = Optional.empty();
        small.clear();
    }
}
