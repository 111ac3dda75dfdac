package io.dvcr.registry.oci;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.registry.http.JsonReply;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Request;
import java.net.URLEncoder;
import java.util.List;
import java.util.Optional;

/** Which part of a list was asked: sections "Listing Tags" of the specification, {@code n} and {@code last}. */
record Page(int limit, Optional<String> last) {
    private static final int MAX = 1000;

    static Page of(Request request) {
        return new Page(request.count("n", MAX, MAX), request.query("last"));
    }

    /** One more than will be shown tells whether there are more. */
    int limitAndOneMore() {
        return limit + 1;
    }

    <T> List<T> cut(List<T> found) {
        return found.subList(0, Math.min(limit, found.size()));
    }

    /** The reply, with a {@code Link} to the next page if there is one (RFC 5988). */
    Reply reply(Request request, JsonNode json, List<?> found) {
        Reply reply = JsonReply.of(200, json);
        if (found.size() <= limit || limit == 0) {
            return reply;
        }
        String next = URLEncoder.encode(found.get(limit - 1).toString(), UTF_8);
        return reply.with("Link", "<" + request.path() + "?n=" + limit + "&last=" + next + ">; rel=\"next\"");
    }
}
