package io.dvcr.cli.command;

import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "rm", description = "Remove the name of an image, and the image with its last name.")
public final class RemoveCommand extends ClientCommand {
    @Parameters(paramLabel = "REF", description = "The image, such as vms/debian:12.")
    private String reference = "";

    @Override
    void run() throws IOException {
        api().delete(ImagePath.of(reference));
        out().println("removed " + reference);
    }
}
