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

    static Page of(Request request, int maxLimit) {
        return new Page(request.count("n", maxLimit, maxLimit), request.query("last"));
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
        return reply.with("Link", link(request, "n=" + limit, "last=" + encoded(found.get(limit - 1))));
    }

    /** The value of a {@code Link} to the next page of what {@code request} asked for. */
    static String link(Request request, String... parameters) {
        return "<" + request.path() + "?" + String.join("&", parameters) + ">; rel=\"next\"";
    }

    static String encoded(Object value) {
        return URLEncoder.encode(value.toString(), UTF_8);
    }
}
