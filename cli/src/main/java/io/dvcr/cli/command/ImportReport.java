package io.dvcr.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.cli.client.ByteCount;
import java.io.IOException;
import java.io.PrintWriter;

/** Tells how an import ended. */
record ImportReport(PrintWriter out) {

    /** @throws IOException if it did not end well; its message says why */
    void print(JsonNode job) throws IOException {
        if (job.path("phase").asText().equals("Cancelled")) {
            throw new IOException("the import was cancelled");
        }
        if (job.has("error")) {
            throw new IOException(job.path("error").path("message").asText() + " ("
                    + job.path("error").path("code").asText() + ")");
        }
        JsonNode image = job.path("image");
        out.println("imported " + image.path("repository").asText() + ":"
                + image.path("tag").asText() + " (" + image.path("format").asText() + ", "
                + ByteCount.format(image.path("virtualSize").asLong()) + ", stored as "
                + ByteCount.format(image.path("storedSize").asLong()) + ", of which "
                + ByteCount.format(image.path("newlyStored").asLong()) + " is new)");
        out.println(image.path("digest").asText());
    }
}
