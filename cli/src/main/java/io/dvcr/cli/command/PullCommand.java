package io.dvcr.cli.command;

import io.dvcr.cli.client.ApiClient.Download;
import io.dvcr.cli.client.ByteCount;
import io.dvcr.cli.client.ProgressBar;
import io.dvcr.importers.transfer.DiskPull;
import io.dvcr.importers.transfer.PulledDisk;
import io.dvcr.storage.ImageReference;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "pull", description = "Write an image to a file or a block device.")
public final class PullCommand extends ClientCommand {
    private enum Format {
        raw,
        qcow2,
        vmdk,
        vdi,
        vhd,
        vhdx
    }

    @Parameters(paramLabel = "REF", description = "The image, such as vms/debian:12.")
    private String reference = "";

    @Option(
            names = "-o",
            paramLabel = "FILE",
            required = true,
            description = "The file, or the block device, to write.")
    private Path output = Path.of("");

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "raw (the default; holes stay holes), qcow2, vmdk (streamOptimized), vdi, vhd or vhdx.")
    private Format format = Format.raw;

    @Option(
            names = "--base",
            paramLabel = "FILE",
            description = "A raw disk, such as an older version: the chunks that it has are not fetched.")
    private Optional<Path> base = Optional.empty();

    @Option(names = "--force", description = "Replace the file if it exists, or write over the block device.")
    private boolean force;

    @Override
    void run() throws IOException {
        if (!force && Files.exists(output)) {
            throw new FileAlreadyExistsException(output + " exists; --force replaces it");
        }
        switch (format) {
            case raw -> pullRaw();
            case qcow2, vmdk, vdi, vhd, vhdx -> pullConverted();
        }
    }

    /** Chunk by chunk from the packs, so that only what is stored and not at hand travels. */
    private void pullRaw() throws IOException {
        PulledDisk disk;
        try (ProgressBar bar = ProgressBar.onTerminal()) {
            disk = new DiskPull(
                            registry(), ImageReference.parse(reference), base, (done, total) -> show(bar, done, total))
                    .to(output);
        }
        out().println("wrote " + output + " (" + ByteCount.format(disk.virtualSize()) + ", "
                + ByteCount.format(disk.usedSize()) + " used)");
        String kept = disk.kept() == 0 ? "" : ", " + ByteCount.format(disk.kept()) + " were there";
        String copied = base.map(file -> ", " + ByteCount.format(disk.copied()) + " from " + file)
                .orElse("");
        out().println("received " + ByteCount.format(disk.received()) + kept + copied);
    }

    /** As the server makes it. */
    private void pullConverted() throws IOException {
        if (base.isPresent()) {
            throw new IOException("--base is for raw: " + format + " is made by the server");
        }
        Path partial = output.resolveSibling(output.getFileName() + ".partial");
        Files.deleteIfExists(partial);
        try (ProgressBar bar = ProgressBar.onTerminal()) {
            download(partial, bar);
            Files.move(partial, output, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(partial);
        }
        out().println("wrote " + output);
    }

    private void download(Path target, ProgressBar bar) throws IOException {
        Download download = api().download(ImagePath.of(reference) + "/disk?format=" + format);
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
