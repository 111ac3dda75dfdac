package io.dvcr.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.cli.client.ApiClient;
import io.dvcr.cli.client.ProgressBar;
import io.dvcr.storage.ImageReference;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "import", description = "Import an image from elsewhere and wait until it is there.")
public final class ImportCommand extends ClientCommand {
    @Parameters(
            index = "0",
            paramLabel = "SOURCE",
            description =
                    "Where the image is: an http or https URL of a raw, qcow2, vmdk, vdi, vhd, vhdx or iso file, in gz, xz,"
                            + " zst or bz2, in a tar or an OVA, or as it is; or"
                            + " docker://HOST/REPOSITORY:TAG (or @DIGEST) in a container registry, or file:///PATH of a file or"
                            + " block device on the server's host, where the server's operator allows it.")
    private String source = "";

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
            names = "--arch",
            paramLabel = "ARCHITECTURE",
            description = "Which of the images for several architectures that a registry has by that name: amd64 unless"
                    + " said otherwise.")
    private String architecture = "";

    @Option(
            names = "--base",
            paramLabel = "REF",
            description = "An image that this one has much in common with. What they share is stored once.")
    private String base = "";

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "Refuse the image unless it is of this format, whatever it is packed in.")
    private Optional<DeclaredFormat> format = Optional.empty();

    @Option(names = "--no-container-disk", description = "Leave out the containerDisk among the image's faces.")
    private boolean noContainerDisk;

    @Override
    void run() throws IOException {
        ApiClient api = api();
        JsonNode job = api.post("/api/v1/imports", request());
        String path = "/api/v1/imports/" + job.path("id").asText();
        try (ProgressBar bar = ProgressBar.onTerminal()) {
            api.follow(path + "/events", now -> {
                ImportView view = new ImportView(now);
                bar.show(view.percent(), view.progress());
                return !view.hasEnded();
            });
        }
        new ImportReport(out()).print(api.get(path));
    }

    private ObjectNode request() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("target", ImageReference.parse(reference).toString());
        if (!base.isEmpty()) {
            json.put("base", ImageReference.parse(base).toString());
        }
        format.ifPresent(declared -> json.put("format", declared.format().toString()));
        if (noContainerDisk) {
            json.put("containerDisk", false);
        }
        json.set("source", ImportedFrom.parse(source).toJson(checksum, secret, architecture));
        return json;
    }
}
