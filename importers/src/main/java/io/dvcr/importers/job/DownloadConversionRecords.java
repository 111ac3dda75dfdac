package io.dvcr.importers.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dvcr.storage.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Conversions for download as they are stored: a file each, on the host where what they make is kept. Thread-safe. */
final class DownloadConversionRecords {
    private static final Logger LOG = LoggerFactory.getLogger(DownloadConversionRecords.class);
    private static final String SUFFIX = ".json";
    private static final String UNFINISHED = ".new";

    private final Path directory;

    /** @param directory is made if need be */
    DownloadConversionRecords(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
    }

    /** The conversion is durable when this returns. */
    synchronized void save(DownloadConversion one) throws IOException {
        Path unfinished = directory.resolve(name(one) + UNFINISHED);
        try (FileChannel channel = FileChannel.open(
                unfinished,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer json = ByteBuffer.wrap(
                    DownloadConversionJson.toJson(one).toString().getBytes(UTF_8));
            while (json.hasRemaining()) {
                channel.write(json);
            }
            channel.force(true);
        }
        Files.move(unfinished, file(one), StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel names = FileChannel.open(directory)) {
            names.force(true);
        }
    }

    synchronized void delete(DownloadConversion one) throws IOException {
        Files.deleteIfExists(file(one));
    }

    private Path file(DownloadConversion one) {
        return directory.resolve(name(one) + SUFFIX);
    }

    /** A repository's name may be too long for a file's. */
    private static String name(DownloadConversion one) {
        return Digest.sha256(one.key().toString().getBytes(UTF_8)).hex();
    }

    /** All that can be read, the oldest first. What a crash left half written was never acknowledged, and goes. */
    synchronized List<DownloadConversion> all() throws IOException {
        List<DownloadConversion> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (file.toString().endsWith(UNFINISHED)) {
                    Files.delete(file);
                } else {
                    read(file, all);
                }
            }
        }
        all.sort(DownloadConversions.NEWEST_FIRST.reversed());
        return all;
    }

    /** One that is damaged must not keep the server from starting. */
    private static void read(Path file, List<DownloadConversion> into) throws IOException {
        try {
            into.add(DownloadConversionJson.parse(Files.readAllBytes(file)));
        } catch (DamagedJobException e) {
            LOG.atError().addKeyValue("file", file).setCause(e).log("a conversion is damaged and passed over");
        }
    }
}
