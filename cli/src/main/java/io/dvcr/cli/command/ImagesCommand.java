package io.dvcr.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.cli.client.ByteCount;
import io.dvcr.cli.client.Table;
import java.io.IOException;
import picocli.CommandLine.Command;

@Command(name = "images", description = "List the images of the registry.")
public final class ImagesCommand extends ClientCommand {

    @Override
    void run() throws IOException {
        Table table = new Table("IMAGE", "STATE", "FORMAT", "SIZE", "USED", "STORED", "DIGEST", "CREATED");
        for (JsonNode image : api().get("/api/v1/images").path("images")) {
            table.row(
                    image.path("repository").asText() + ":" + image.path("tag").asText(),
                    state(image),
                    image.path("format").asText("-"),
                    size(image, "virtualSize"),
                    size(image, "usedSize"),
                    size(image, "storedSize"),
                    image.has("digest") ? ShortDigest.of(image.path("digest").asText()) : "-",
                    image.path("created").asText("-"));
        }
        table.print(out());
    }

    private static String state(JsonNode image) {
        return switch (image.path("state").asText("Ready")) {
            case "Converting" -> "converting, " + image.path("percent").asInt() + " %";
            case "Failed" -> "failed: " + image.path("error").path("message").asText();
            default -> "ready";
        };
    }

    private static String size(JsonNode image, String field) {
        return image.has(field) ? ByteCount.format(image.path(field).asLong()) : "-";
    }
}
