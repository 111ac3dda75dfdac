package io.dvcr.cli.command;

import io.dvcr.cli.client.ResourceClient;
import io.dvcr.cli.client.StatusException;
import io.dvcr.cli.command.ManifestFiles.Manifest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "apply",
        description = {
            "Make resources what manifests say: create those that are not there, change those that are.",
            "Labels, annotations and spec become those of the manifest."
        })
public final class ApplyCommand extends ResourceCommand {
    @Option(
            names = {"-f", "--filename"},
            required = true,
            paramLabel = "FILE",
            description = "A file of YAML or JSON, a directory of such, or - for the standard input.")
    private List<String> files = List.of();

    @Option(names = "--dry-run", description = "Let the server say what it would do, and do nothing.")
    private boolean dryRun;

    @Option(names = "--wait", description = "Wait until what was asked for is so, or has failed.")
    private boolean wait;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            defaultValue = "10m",
            description = "How long --wait waits, ${DEFAULT-VALUE} if missing.")
    private Duration timeout = Duration.ofMinutes(10);

    @Override
    void run() throws IOException {
        ResourceClient resources = resources();
        ManifestFiles manifests = ManifestFiles.read(files, namespace(), err());
        boolean failed = manifests.isFaulty();
        List<Manifest> applied = new ArrayList<>();
        for (Manifest manifest : manifests.manifests()) {
            try {
                tell(Applied.apply(resources, manifest, dryRun));
                applied.add(manifest);
            } catch (StatusException e) {
                err().println(e.getMessage());
                failed = true;
            }
        }
        if (manifests.manifests().isEmpty() && !failed) {
            throw new IOException("no objects passed to apply");
        }
        if (wait && !dryRun) {
            failed |= !new Settling(resources, out(), err(), timeout).await(applied);
        }
        if (failed) {
            throw new ToldException();
        }
    }

    private void tell(Applied applied) {
        String source = applied.manifest().source();
        applied.written().warnings().forEach(warning -> err().println("Warning: " + source + ": " + warning));
        out().println(applied.manifest().type().singular() + "/"
                + applied.manifest().key().name() + " " + applied.verb() + (dryRun ? " (server dry run)" : ""));
        out().flush();
    }
}
