package io.dvcr.cli.command;

import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "inspect", description = "Show what there is to know of an image, as JSON. Sizes are in bytes.")
public final class InspectCommand extends ClientCommand {
    @Parameters(paramLabel = "REF", description = "The image, such as vms/debian:12.")
    private String reference = "";

    @Override
    void run() throws IOException {
        out().println(api().get(ImagePath.of(reference) + "?sharing=true").toPrettyString());
    }
}
