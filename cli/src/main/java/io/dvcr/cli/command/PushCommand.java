package io.dvcr.cli.command;

import io.dvcr.cli.client.ByteCount;
import io.dvcr.cli.client.ProgressBar;
import io.dvcr.converters.disk.WrittenDisk;
import io.dvcr.importers.transfer.DiskPush;
import io.dvcr.importers.transfer.PushReport;
import io.dvcr.storage.ImageReference;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "push", description = "Push a disk image from a file to a registry, this one or any other.")
public final class PushCommand extends ClientCommand {
    @Parameters(index = "0", paramLabel = "FILE", description = "The image: raw, qcow2, vmdk, vdi, vhd, vhdx or iso.")
    private Path file = Path.of("");

    @Parameters(index = "1", paramLabel = "REF", description = "What it will be called, such as vms/debian:12.")
    private String reference = "";

    @Option(
            names = "--base",
            paramLabel = "REF",
            description = "An image of the same registry that has much in common with this one.")
    private Optional<String> base = Optional.empty();

    @Option(names = "--format", paramLabel = "FORMAT", description = "Refuse the file unless it is of this format.")
    private Optional<DeclaredFormat> format = Optional.empty();

    @Override
    void run() throws IOException {
        PushReport pushed;
        try (ProgressBar bar = ProgressBar.onTerminal()) {
            pushed = new DiskPush(
                            registry(),
                            ImageReference.parse(reference),
                            base.map(ImageReference::parse),
                            Clock.systemUTC(),
                            (passed, total, sent) -> show(bar, passed, total, sent))
                    .from(file, format.map(DeclaredFormat::format));
        }
        WrittenDisk disk = pushed.disk();
        out().println("pushed " + ImageReference.parse(reference) + " (" + pushed.format() + ", "
                + ByteCount.format(disk.virtualSize()) + ", " + ByteCount.format(disk.usedSize()) + " used, stored as "
                + ByteCount.format(disk.storedSize()) + ")");
        out().println("sent " + ByteCount.format(pushed.sent()));
        out().println(pushed.digest());
    }

    private static void show(ProgressBar bar, long passed, long total, long sent) {
        int percent = total <= 0 ? 0 : (int) (100 * passed / total);
        bar.show(
                percent,
                ByteCount.format(passed) + " of " + ByteCount.format(total) + ", " + ByteCount.format(sent) + " sent");
    }
}
