package io.dvcr.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.cli.client.ApiClient;
import io.dvcr.cli.client.ByteCount;
import io.dvcr.cli.client.FileToSend;
import io.dvcr.cli.client.Polling;
import io.dvcr.cli.client.ProgressBar;
import io.dvcr.cli.client.RememberedUploads;
import io.dvcr.storage.ImageReference;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "upload", description = "Send an image file to the server, which makes an image of it.")
public final class UploadCommand extends ClientCommand {
    private static final String PATH = "/api/v1/uploads";

    @Parameters(index = "0", paramLabel = "FILE", description = "The image, of any format; - is standard input.")
    private String file = "";

    @Parameters(index = "1", paramLabel = "REF", description = "What it will be called, such as vms/debian:12.")
    private String reference = "";

    @Option(
            names = "--checksum",
            paramLabel = "ALGORITHM:HEX",
            description = "What the file must hash to (md5, sha1, sha256 or sha512).")
    private String checksum = "";

    @Option(names = "--format", paramLabel = "FORMAT", description = "Refuse the file unless it is of this format.")
    private String format = "";

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
        String upload = file.equals("-") ? sendInput(api) : sendFile(api, Path.of(file));
        JsonNode status = api.get(upload);
        try (ProgressBar bar = ProgressBar.onTerminal()) {
            while (!status.path("state").asText().equals("Ended")) {
                JsonNode progress = status.path("import").path("progress");
                bar.show(
                        progress.path("percent").asInt(),
                        "sent, " + progress.path("step").asText());
                Polling.pause("interrupted; the import goes on");
                status = api.get(upload);
            }
        }
        new ImportReport(out()).print(status.path("import"));
    }

    private String sendInput(ApiClient api) throws IOException {
        String upload = begin(api, OptionalLong.empty());
        try (ProgressBar bar = ProgressBar.onTerminal()) {
            send(api, upload, new FileToSend.Piped(System.in), sent -> bar.show(0, ByteCount.format(sent) + " sent"));
        }
        return upload;
    }

    /** Goes on with what this very command has begun before. */
    private String sendFile(ApiClient api, Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw Files.exists(path)
                    ? new IOException(path + " is not a file")
                    : new NoSuchFileException(path + ": no such file");
        }
        long size = Files.size(path);
        if (size == 0) {
            throw new IOException(path + " is empty");
        }
        String what = String.join(
                "\n",
                request(OptionalLong.of(size)).toString(),
                api.server().toString(),
                path.toRealPath().toString(),
                Files.getLastModifiedTime(path).toString());
        RememberedUploads uploads = RememberedUploads.ofThisUser();
        Optional<String> begun = uploads.find(what);
        String upload = begun.isPresent() && api.upload(begun.get()).offset().isPresent()
                ? begun.get()
                : begin(api, OptionalLong.of(size));
        uploads.remember(what, upload);
        try (ProgressBar bar = ProgressBar.onTerminal()) {
            send(api, upload, new FileToSend.Stored(path, size), sent -> show(bar, sent, size));
        }
        uploads.forget(what);
        return upload;
    }

    private void send(ApiClient api, String upload, FileToSend image, LongConsumer progress) throws IOException {
        long sent = api.upload(upload).send(image, progress);
        out().println("sent " + ByteCount.format(sent));
    }

    private static void show(ProgressBar bar, long sent, long size) {
        bar.show(
                (int) (100 * (double) sent / size), ByteCount.format(sent) + " of " + ByteCount.format(size) + " sent");
    }

    private String begin(ApiClient api, OptionalLong size) throws IOException {
        return URI.create(api.post(PATH, request(size)).path("url").asText()).getPath();
    }

    private ObjectNode request(OptionalLong size) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("target", ImageReference.parse(reference).toString());
        size.ifPresent(bytes -> json.put("size", bytes));
        if (!base.isEmpty()) {
            json.put("base", ImageReference.parse(base).toString());
        }
        if (!format.isEmpty()) {
            json.put("format", format);
        }
        if (!checksum.isEmpty()) {
            String[] parts = checksum.split(":", 2);
            json.putObject("checksum").put(parts[0], parts.length == 2 ? parts[1] : "");
        }
        if (noContainerDisk) {
            json.put("containerDisk", false);
        }
        return json;
    }
}
