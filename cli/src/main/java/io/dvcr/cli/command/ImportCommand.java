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

@Command(name = "import", description = "Import the image at a URL and wait until it is there.")
public final class ImportCommand extends ClientCommand {
    @Parameters(
            index = "0",
            paramLabel = "URL",
            description = "Where the image is: http or https; raw, qcow2, vmdk, vdi, vhd, vhdx or iso.")
    private String url = "";

    @Parameters(index = "1", paramLabel = "REF", description = "What it will be called, such as vms/debian:12.")
    private String reference = "";

    @Option(
            names = "--checksum",
            paramLabel = "ALGORITHM:HEX|URL",
            description = "What the file at the URL must hash to (md5, sha1, sha256 or sha512), or where a list such as"
                    + " SHA256SUMS says it.")
    private String checksum = "";

    @Option(
            names = "--secret",
            paramLabel = "NAME",
            description = "What the server is to show the source, of the secrets that its operator has laid down.")
    private String secret = "";

    @Option(
            names = "--base",
            paramLabel = "REF",
            description = "An image that this one has much in common with. What they share is stored once.")
    private String base = "";

    @Option(names = "--no-container-disk", description = "Leave out the containerDisk among the image's faces.")
    private boolean noContainerDisk;

    @Override
    void run() throws IOException {
        ApiClient api = api();
        JsonNode job = api.post("/api/v1/imports", request());
        try (ProgressBar bar = ProgressBar.onTerminal()) {
            while (!hasEnded(job)) {
                show(bar, job);
                Polling.pause("interrupted; the import goes on");
                job = api.get("/api/v1/imports/" + job.path("id").asText());
            }
            show(bar, job);
        }
        new ImportReport(out()).print(job);
    }

    private ObjectNode request() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("target", ImageReference.parse(reference).toString());
        if (!base.isEmpty()) {
            json.put("base", ImageReference.parse(base).toString());
        }
        if (noContainerDisk) {
            json.put("containerDisk", false);
        }
        ObjectNode http = json.putObject("source").putObject("http");
        http.put("url", url);
        if (!secret.isEmpty()) {
            http.put("secret", secret);
        }
        if (checksum.startsWith("https://") || checksum.startsWith("http://")) {
            http.put("checksumUrl", checksum);
        } else if (!checksum.isEmpty()) {
            String[] parts = checksum.split(":", 2);
            http.putObject("checksum").put(parts[0], parts.length == 2 ? parts[1] : "");
        }
        return json;
    }

    private static boolean hasEnded(JsonNode job) {
        return switch (job.path("phase").asText()) {
            case "Succeeded", "Failed", "Cancelled" -> true;
            default -> false;
        };
    }

    private static void show(ProgressBar bar, JsonNode job) {
        JsonNode progress = job.path("progress");
        String received = ByteCount.format(progress.path("bytesReceived").asLong());
        String total = progress.has("bytesTotal")
                ? " of " + ByteCount.format(progress.path("bytesTotal").asLong())
                : "";
        bar.show(progress.path("percent").asInt(), progress.path("step").asText() + "  " + received + total);
    }
}
