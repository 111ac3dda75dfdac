package io.dvcr.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.cli.client.ApiClient;
import io.dvcr.cli.client.ByteCount;
import io.dvcr.cli.client.Polling;
import io.dvcr.cli.client.ProgressBar;
import io.dvcr.storage.ImageReference;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "convert",
        description = "Have the server make an image ready for download in another format, and wait until it is."
                + " 'pull --format' does it by itself; after this it need not wait.")
public final class ConvertCommand extends ClientCommand {
    private static final String PATH = "/api/v1/conversions";

    private enum Format {
        qcow2,
        vmdk,
        vdi,
        vhd,
        vhdx
    }

    @Parameters(paramLabel = "REF", description = "The image, such as vms/debian:12.")
    private String reference = "";

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            required = true,
            description = "qcow2, vmdk (streamOptimized), vdi, vhd or vhdx.")
    private Format format = Format.qcow2;

    @Override
    void run() throws IOException {
        ApiClient api = api();
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.put("image", ImageReference.parse(reference).toString()).put("format", format.name());
        JsonNode conversion = api.post(PATH, request);
        try (ProgressBar bar = ProgressBar.onTerminal()) {
            int percent = 0; // of several servers that answer, one may be less far
            while (isUnderWay(conversion)) {
                percent = Math.max(percent, conversion.path("percent").asInt());
                bar.show(percent, conversion.path("phase").asText());
                Polling.pause("interrupted; the conversion goes on");
                conversion = api.get(PATH + "/" + conversion.path("id").asText());
            }
            bar.show(
                    conversion.path("percent").asInt(), conversion.path("phase").asText());
        }
        report(conversion);
    }

    private static boolean isUnderWay(JsonNode conversion) {
        return switch (conversion.path("phase").asText()) {
            case "Pending", "Running" -> true;
            default -> false;
        };
    }

    private void report(JsonNode conversion) throws IOException {
        if (conversion.has("error")) {
            throw new IOException(conversion.path("error").path("message").asText());
        }
        if (!conversion.has("size")) {
            throw new IOException("the conversion was cancelled");
        }
        out().println("converted " + ImageReference.parse(reference) + " to " + format + " ("
                + ByteCount.format(conversion.path("size").asLong()) + ")");
        out().println(conversion.path("disk").asText());
    }
}
