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
        Table table = new Table("IMAGE", "FORMAT", "SIZE", "USED", "STORED", "DIGEST", "CREATED");
        for (JsonNode image : api().get("/api/v1/images").path("images")) {
            table.row(
                    image.path("repository").asText() + ":" + image.path("tag").asText(),
                    image.path("format").asText(),
                    ByteCount.format(image.path("virtualSize").asLong()),
                    ByteCount.format(image.path("usedSize").asLong()),
                    ByteCount.format(image.path("storedSize").asLong()),
                    ShortDigest.of(image.path("digest").asText()),
                    image.path("created").asText());
        }
        table.print(out());
    }
}
