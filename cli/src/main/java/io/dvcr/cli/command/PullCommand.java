package io.dvcr.cli.command;

import io.dvcr.cli.client.ApiClient.Download;
import io.dvcr.cli.client.ByteCount;
import io.dvcr.cli.client.ProgressBar;
import io.dvcr.importers.registry.RemoteImage;
import io.dvcr.storage.ImageReference;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "pull", description = "Write an image to a file.")
public final class PullCommand extends ClientCommand {
    private enum Format {
        raw,
        qcow2
    }

    @Parameters(paramLabel = "REF", description = "The image, such as vms/debian:12.")
    private String reference = "";

    @Option(names = "-o", paramLabel = "FILE", required = true, description = "The file to write.")
    private Path output = Path.of("");

    @Option(names = "--format", paramLabel = "FORMAT", description = "raw (the default; holes stay holes) or qcow2.")
    private Format format = Format.raw;

    @Option(names = "--force", description = "Replace the file if it exists.")
    private boolean force;

    @Override
    void run() throws IOException {
        if (!force && Files.exists(output)) {
            throw new FileAlreadyExistsException(output + " exists; --force replaces it");
        }
        Path partial = output.resolveSibling(output.getFileName() + ".partial");
        Files.deleteIfExists(partial);
        try (ProgressBar bar = ProgressBar.onTerminal()) {
            switch (format) {
                case raw -> pullRaw(partial, bar);
                case qcow2 -> pullQcow2(partial, bar);
            }
            Files.move(partial, output, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(partial);
        }
        out().println("wrote " + output);
    }

    /** Chunk by chunk from the packs, so that only what is stored travels. */
    private void pullRaw(Path target, ProgressBar bar) throws IOException {
        RemoteImage image = RemoteImage.find(registry(), ImageReference.parse(reference));
        long used = image.config().usedSize();
        image.download(target, written -> show(bar, written, used));
    }

    private void pullQcow2(Path target, ProgressBar bar) throws IOException {
        Download download = api().download(ImagePath.of(reference) + "/disk?format=qcow2");
        long written = 0;
        try (InputStream in = download.body();
                OutputStream out = Files.newOutputStream(target)) {
            byte[] buffer = new byte[256 * 1024];
            int read;
            while ((read = in.read(buffer)) >= 0) {
                out.write(buffer, 0, read);
                written += read;
                show(bar, written, download.length());
            }
        }
    }

    private static void show(ProgressBar bar, long done, long total) {
        int percent = total <= 0 ? 0 : (int) (100 * done / total);
        bar.show(percent, ByteCount.format(done) + " of " + ByteCount.format(total));
    }
}
