package io.dvcr.cli.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.cli.client.ByteCount;
import io.dvcr.cli.client.Table;
import io.dvcr.storage.content.CheckJson;
import io.dvcr.storage.content.CheckReport;
import io.dvcr.storage.content.CheckReport.Amount;
import io.dvcr.storage.content.CheckReport.Leftovers;
import java.io.PrintWriter;
import java.util.StringJoiner;

/** Shows what a check of a store has found. */
final class StoreCheckReport {
    private static final int ALL_READ = 100;

    private final PrintWriter out;

    StoreCheckReport(PrintWriter out) {
        this.out = out;
    }

    /** Of what is to be read; before that is known nothing is. */
    static int percent(long readBytes, long toRead) {
        return toRead == 0 ? 0 : (int) Math.min(ALL_READ, (double) ALL_READ * readBytes / toRead);
    }

    static String note(long manifests, long readBytes) {
        return manifests + " manifests, " + ByteCount.format(readBytes) + " read";
    }

    void printJson(CheckReport report) {
        out.println(CheckJson.toJson(report).toPrettyString());
        out.flush();
    }

    void print(CheckReport report) {
        Table counts = new Table("repositories", Long.toString(report.repositories()));
        counts.row("manifests", Long.toString(report.manifests()));
        counts.row("tags", Long.toString(report.tags()));
        counts.row("blobs", text(report.blobs()));
        counts.row("composites", Long.toString(report.composites()));
        counts.row("read again", text(new Amount(report.read(), report.readBytes())));
        Leftovers leftovers = report.leftovers();
        counts.row("unnamed", text(leftovers.unnamed()));
        counts.row("set aside", text(leftovers.setAside()));
        counts.row("in quarantine", text(leftovers.quarantined()));
        counts.row("uploads", Long.toString(leftovers.uploads() + leftovers.imageUploads()));
        counts.row("abandoned", Long.toString(leftovers.abandoned()));
        counts.row("faults", Long.toString(report.faults()));
        counts.print(out);
        if (!report.allWell()) {
            out.println();
            printFindings(report);
        }
    }

    private static String text(Amount amount) {
        return amount.count() + " (" + ByteCount.format(amount.bytes()) + ")";
    }

    private void printFindings(CheckReport report) {
        Table table = new Table("FINDING", "WHERE", "WHAT");
        for (JsonNode finding : CheckJson.toJson(report).path("findings")) {
            table.row(finding.path("kind").asText(), where(finding), what((ObjectNode) finding));
        }
        table.print(out);
        long more = report.faults() - report.findings().size();
        if (more > 0) {
            out.println("and " + more + " more");
            out.flush();
        }
    }

    private static String where(JsonNode finding) {
        String repository = finding.path("repository").asText();
        if (finding.has("tag")) {
            return repository + ":" + finding.path("tag").asText();
        }
        return finding.has("manifest")
                ? repository + "@" + finding.path("manifest").asText()
                : repository;
    }

    private static String what(ObjectNode finding) {
        StringJoiner what = new StringJoiner(" ");
        for (String field : new String[] {"digest", "key", "target", "subject", "reason"}) {
            if (finding.has(field)) {
                what.add(finding.path(field).asText());
            }
        }
        return what.toString();
    }
}
