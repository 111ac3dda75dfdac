package io.dvcr.importers.source;

import java.io.InputStream;
import java.util.List;
import java.util.Map;

/**
 * What a server answers.
 *
 * @param headers by their names, in whatever case the server writes them
 * @param body has to come as fast as sources must; whoever gets the answer closes it, which gives up the connection
 */
public record SourceAnswer(int status, Map<String, List<String>> headers, InputStream body) {
    public SourceAnswer {
        headers = Map.copyOf(headers);
    }
}
