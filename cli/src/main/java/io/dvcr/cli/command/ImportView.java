package io.dvcr.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.cli.client.ByteCount;

/** An import as people read it. */
record ImportView(JsonNode job) {

    String id() {
        return job.path("id").asText();
    }

    String target() {
        return job.path("target").asText();
    }

    boolean hasEnded() {
        return switch (job.path("phase").asText()) {
            case "Succeeded", "Failed", "Cancelled" -> true;
            default -> false;
        };
    }

    int percent() {
        return job.path("progress").path("percent").asInt();
    }

    /** The phase, and of one that waits how many begin before it. */
    String phase() {
        String phase = job.path("phase").asText();
        return job.has("queuePosition")
                ? phase + " (" + job.path("queuePosition").asInt() + ")"
                : phase;
    }

    /** What is being done, how much has come, how fast, and how long it will take. */
    String progress() {
        if (job.path("phase").asText().equals("Pending")) {
            int position = job.path("queuePosition").asInt();
            return position <= 1
                    ? "Waiting for its turn, which is next"
                    : "Waiting for its turn after " + (position - 1);
        }
        JsonNode progress = job.path("progress");
        String received = ByteCount.format(progress.path("bytesReceived").asLong());
        String total = progress.has("bytesTotal")
                ? " of " + ByteCount.format(progress.path("bytesTotal").asLong())
                : "";
        return progress.path("step").asText() + "  " + received + total + after("  ", speed()) + after("  ", left());
    }

    private static String after(String gap, String text) {
        return text.isEmpty() ? "" : gap + text;
    }

    /** Empty if it is not known, or nothing is to come. */
    String speed() {
        JsonNode speed = job.path("progress").path("bytesPerSecond");
        return speed.isNumber() ? ByteCount.format(speed.asLong()) + "/s" : "";
    }

    /** Empty if it cannot be told. */
    String left() {
        JsonNode left = job.path("progress").path("remainingSeconds");
        return left.isNumber() ? time(left.asLong()) + " left" : "";
    }

    private static String time(long seconds) {
        if (seconds < 100) {
            return seconds + " s";
        }
        long minutes = (seconds + 30) / 60;
        return minutes < 100 ? minutes + " min" : minutes / 60 + " h " + minutes % 60 + " min";
    }
}
