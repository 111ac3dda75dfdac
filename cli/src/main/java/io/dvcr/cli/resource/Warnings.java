package io.dvcr.cli.resource;

import io.dvcr.registry.http.Reply;
import java.util.List;
import java.util.stream.Collectors;

/** The {@code Warning} header of what is not honoured: RFC 7234, section 5.5, as Kubernetes' clients show it. */
final class Warnings {
    private static final int MOST = 20;
    private static final int LONGEST = 200;

    private Warnings() {}

    static Reply on(Reply reply, List<String> warnings) {
        return warnings.isEmpty()
                ? reply
                : reply.with(
                        "Warning",
                        warnings.stream().limit(MOST).map(Warnings::quoted).collect(Collectors.joining(", ")));
    }

    private static String quoted(String warning) {
        String shown = warning.length() > LONGEST ? warning.substring(0, LONGEST) + "..." : warning;
        String printable = shown.replaceAll("[^\\x20-\\x7e]", "?");
        return "299 - \"" + printable.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
