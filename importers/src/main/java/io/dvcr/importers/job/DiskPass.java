package io.dvcr.importers.job;

import io.dvcr.converters.BackgroundThread;
import io.dvcr.converters.DiskCopy;
import io.dvcr.converters.DiskSink;
import io.dvcr.converters.RandomAccessDisk;
import io.dvcr.converters.Waiting;
import io.dvcr.converters.WatchedSink;
import io.dvcr.converters.format.FileContent;
import io.dvcr.converters.format.ImageFormat;
import io.dvcr.converters.format.ImageInfo;
import io.dvcr.converters.format.ImageInspector;
import io.dvcr.converters.format.LayoutProbe;
import io.dvcr.converters.format.MappedDisk;
import io.dvcr.converters.format.PassingDisk;
import io.dvcr.importers.scratch.PassScratch;
import io.dvcr.importers.scratch.SpoolFile;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Future;

/**
 * From an image file that streams by to its disk: it is inspected while it comes in, cut into chunks and stored. A disk
 * that can be read in order is never written to scratch; any other is, as it came, and never as a raw disk, unless its
 * file lies on this host already: its tables are followed, and its data is read from there while the rest still arrives.
 * Thread-safe.
 */
final class DiskPass {
    private static final int BUFFER_BYTES = 256 * 1024;

    private DiskPass() {}

    /**
     * Gives {@code writer} the disk in {@code source}, to its end.
     *
     * @param length of {@code source}, if it is known
     * @param lying the file that {@code source} is, if that lies on this host
     * @param inspector sees the bytes of {@code source} as they pass
     * @param scratch for a file that is read at random
     * @throws io.dvcr.converters.format.ImageException if the image is refused
     */
    static PassedDisk run(
            InputStream source,
            OptionalLong length,
            Optional<FileChannel> lying,
            ImageInspector inspector,
            DiskSink writer,
            ProgressMeter meter,
            PassScratch scratch)
            throws IOException {
        LayoutProbe probe = new LayoutProbe(writer);
        byte[] head = source.readNBytes(ImageInspector.HEAD_BYTES);
        boolean plain = inspector
                .verdict()
                .map(ImageFormat::sequential)
                .orElseGet(() -> inspector.finish().plain());
        ImageInfo info;
        if (plain) {
            if (length.isPresent()) {
                probe.expect(length.getAsLong());
            }
            info = stream(head, source, inspector, scratch.passing(probe));
        } else if (inspector.passing().isPresent()) {
            info = pass(inspector.passing().get(), head, source, inspector, probe);
        } else {
            meter.conversionFollows();
            info = lying.isPresent()
                    ? readInPlace(lying.get(), head, source, inspector, probe, meter)
                    : readSpooled(scratch, head, source, inspector, probe, meter);
        }
        return new PassedDisk(info, probe.layout());
    }

    private static ImageInfo pass(
            PassingDisk disk, byte[] head, InputStream source, ImageInspector inspector, DiskSink writer)
            throws IOException {
        InputStream file = new SequenceInputStream(new ByteArrayInputStream(head), source);
        disk.read(new BufferedInputStream(file, BUFFER_BYTES), writer);
        return inspector.finish();
    }

    private static ImageInfo stream(byte[] head, InputStream source, ImageInspector inspector, DiskSink writer)
            throws IOException {
        PlainFile file = new PlainFile(writer);
        file.take(head, source);
        ImageInfo info = inspector.finish();
        file.finish(info.virtualSizeBytes());
        return info;
    }

    /** What the tables say is followed at once, and judged as a whole when they are all there. */
    private static ImageInfo readSpooled(
            PassScratch scratch,
            byte[] head,
            InputStream source,
            ImageInspector inspector,
            DiskSink writer,
            ProgressMeter meter)
            throws IOException {
        MappedDisk mapped = inspector.mapped().orElseThrow();
        try (SpoolFile file = scratch.spool();
                BackgroundThread reader = new BackgroundThread("import-disk")) {
            Future<?> reading = reader.submit(() -> {
                copy(mapped.openUnjudged(file.content()), writer, meter);
                return file;
            });
            receive(head, source, piece -> {
                requireNoFailure(reading);
                file.append(piece);
            });
            file.end();
            meter.converting();
            ImageInfo info = inspector.finish(file.path());
            Waiting.on(reading);
            return info;
        }
    }

    /** All is there, so it is judged first; what passes is hashed and inspected, and that is all. */
    private static ImageInfo readInPlace(
            FileChannel file,
            byte[] head,
            InputStream source,
            ImageInspector inspector,
            DiskSink writer,
            ProgressMeter meter)
            throws IOException {
        ImageInspector whole = inspector.anew();
        whole.inspectFile(file);
        MappedDisk mapped = whole.mapped().orElseThrow();
        try (BackgroundThread reader = new BackgroundThread("import-disk")) {
            Future<?> reading = reader.submit(() -> {
                copy(mapped.open(FileContent.of(file)), writer, meter);
                return file;
            });
            receive(head, source, _ -> requireNoFailure(reading));
            meter.converting();
            ImageInfo info = inspector.finish();
            Waiting.on(reading);
            return info;
        }
    }

    private static void requireNoFailure(Future<?> reading) throws IOException {
        if (reading.isDone()) {
            Waiting.on(reading); // it has failed, or needs nothing of what still comes
        }
    }

    private static void copy(RandomAccessDisk disk, DiskSink writer, ProgressMeter meter) throws IOException {
        try (disk) {
            DiskCopy.copy(disk, new WatchedSink(writer, passed -> meter.converted(passed, disk.size())));
        }
    }

    /** Takes the pieces of a file. */
    private interface Receiver {
        void take(ByteBuffer piece) throws IOException;
    }

    private static void receive(byte[] head, InputStream source, Receiver receiver) throws IOException {
        receiver.take(ByteBuffer.wrap(head));
        byte[] buffer = new byte[BUFFER_BYTES];
        int read;
        while ((read = source.readNBytes(buffer, 0, buffer.length)) > 0) {
            receiver.take(ByteBuffer.wrap(buffer, 0, read));
        }
    }
}
