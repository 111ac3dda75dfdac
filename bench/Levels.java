import io.dvcr.converters.DiskCopy;
import io.dvcr.converters.RandomAccessDisk;
import io.dvcr.converters.RawDisk;
import io.dvcr.converters.disk.BlobSink;
import io.dvcr.converters.disk.ChunkObserver;
import io.dvcr.converters.disk.DiskIndex;
import io.dvcr.converters.disk.DiskWriter;
import io.dvcr.converters.disk.DiskWriterOptions;
import io.dvcr.converters.disk.KnownDisks;
import io.dvcr.converters.disk.PackSource;
import io.dvcr.converters.disk.WrittenDisk;
import io.dvcr.converters.format.ImageInspector;
import io.dvcr.converters.format.MappedDisk;
import io.dvcr.converters.format.MappedFile;
import io.dvcr.storage.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Writes qcow2 images as disk artifacts, one after the other into one store, at each level of zstd and number of
 * threads. Run by levels.sh: SCRATCH ROUNDS LEVELS THREADS IMAGE...
 */
final class Levels {
    private static final long MAX_DISK = 1L << 44;
    private static final int PACK = 32 << 20;

    private record Run(double seconds, double cpuSeconds, long storedBytes) {}

    public static void main(String[] args) throws IOException {
        Path scratch = Path.of(args[0]);
        int rounds = Integer.parseInt(args[1]);
        List<Path> images = Arrays.stream(args, 4, args.length)
                .map(name -> Path.of(name).toAbsolutePath())
                .toList();
        run(images, scratch, new DiskWriterOptions(1, 2, PACK)); // so that Java has compiled what counts
        System.out.printf("%6s %8s %9s %13s %12s%n", "level", "threads", "seconds", "CPU seconds", "MiB stored");
        for (int threads : numbers(args[3])) {
            for (int level : numbers(args[2])) {
                Run[] runs = new Run[rounds];
                for (int round = 0; round < rounds; round++) {
                    runs[round] = run(images, scratch, new DiskWriterOptions(level, threads, PACK));
                }
                System.out.printf(
                        "%6d %8d %9.2f %13.2f %12.1f%n",
                        level,
                        threads,
                        median(Arrays.stream(runs).mapToDouble(Run::seconds).toArray()),
                        median(Arrays.stream(runs).mapToDouble(Run::cpuSeconds).toArray()),
                        runs[0].storedBytes() / (double) (1 << 20));
            }
        }
    }

    private static int[] numbers(String list) {
        return Stream.of(list.split(",")).mapToInt(Integer::parseInt).toArray();
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[(values.length - 1) / 2];
    }

    private static Run run(List<Path> images, Path scratch, DiskWriterOptions options) throws IOException {
        Path store = Files.createTempDirectory(scratch, "store");
        BlobSink sink = (digest, _, content) -> Files.write(store.resolve(digest.hex()), bytes(content));
        PackSource packs = (pack, offset, length) -> open(store, pack, offset);
        KnownDisks known = new KnownDisks(KnownDisks.DEFAULT_MAX_CHUNKS);
        long start = System.nanoTime();
        long cpu = cpuNanos();
        for (Path image : images) {
            try (RandomAccessDisk disk = open(image);
                    DiskWriter writer = new DiskWriter(sink, known, packs, ChunkObserver.NONE, options)) {
                DiskCopy.copy(disk, writer);
                WrittenDisk written = writer.finish();
                byte[] index = Files.readAllBytes(store.resolve(written.index().digest().hex()));
                known.add(DiskIndex.parse(ByteBuffer.wrap(index)), _ -> true);
            }
        }
        Run run = new Run((System.nanoTime() - start) / 1e9, (cpuNanos() - cpu) / 1e9, clear(store));
        return run;
    }

    private static RandomAccessDisk open(Path image) throws IOException {
        ImageInspector inspector = new ImageInspector(MAX_DISK);
        inspector.inspectFile(image);
        Optional<MappedDisk> mapped = inspector.mapped();
        return mapped.isPresent() ? MappedFile.open(image, mapped.get()) : RawDisk.open(image);
    }

    private static byte[] bytes(ByteBuffer content) {
        byte[] bytes = new byte[content.remaining()];
        content.duplicate().get(bytes);
        return bytes;
    }

    private static InputStream open(Path store, Digest pack, long offset) throws IOException {
        FileChannel file = FileChannel.open(store.resolve(pack.hex()), StandardOpenOption.READ);
        return Channels.newInputStream(file.position(offset));
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    /** Deletes the store, and says how much was in it. */
    private static long clear(Path store) throws IOException {
        try (Stream<Path> files = Files.list(store)) {
            long bytes = files.mapToLong(Levels::delete).sum();
            Files.delete(store);
            return bytes;
        }
    }

    private static long delete(Path file) {
        try {
            long bytes = Files.size(file);
            Files.delete(file);
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
