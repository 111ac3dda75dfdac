package io.dvcr.registry.api;

import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Request;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a browser has to be told before scripts of other sites may use uploads: the Fetch standard, "CORS protocol".
 * Nothing here is done by virtue of cookies, so credentials are never allowed.
 *
 * @param allowed the origins whose scripts may
 */
record CrossOrigin(Predicate<String> allowed) {
    private static final String METHODS = "POST, GET, HEAD, PUT, PATCH, DELETE, OPTIONS";
    private static final String REQUEST_HEADERS = "Authorization, Content-Type, Content-Range, Prefer, Tus-Resumable,"
            + " Upload-Length, Upload-Defer-Length, Upload-Offset, Upload-Metadata, Upload-Checksum,"
            + " X-HTTP-Method-Override, X-Requested-With, X-Request-ID";
    private static final String REPLY_HEADERS = "Location, Tus-Resumable, Tus-Version, Tus-Extension, Tus-Max-Size,"
            + " Tus-Checksum-Algorithm, Upload-Length, Upload-Defer-Length, Upload-Offset, Upload-Metadata,"
            + " Upload-Expires, X-Request-Id";
    private static final int PREFLIGHT_SECONDS = 24 * 60 * 60;

    /** {@code reply} with what the script that sent {@code request} may see of it. */
    Reply with(Request request, Reply reply) {
        Reply varying = reply.with("Vary", "Origin");
        Optional<String> origin = request.header("Origin").filter(allowed);
        return origin.isEmpty()
                ? varying
                : varying.with("Access-Control-Allow-Origin", origin.get())
                        .with("Access-Control-Expose-Headers", REPLY_HEADERS);
    }

    /** The same for the reply to a request that asks what may be asked. */
    Reply withRules(Request request, Reply reply) {
        Reply visible = with(request, reply);
        return request.header("Origin").filter(allowed).isEmpty()
                ? visible
                : visible.with("Access-Control-Allow-Methods", METHODS)
                        .with("Access-Control-Allow-Headers", REQUEST_HEADERS)
                        .with("Access-Control-Max-Age", PREFLIGHT_SECONDS);
    }
}
