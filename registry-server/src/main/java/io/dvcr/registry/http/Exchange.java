package io.dvcr.registry.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;

/** A request and its reply, on the connection that they share with others, one after the other or all at once. */
record Exchange(HttpServerRequest request, OpenConnection connection) {
    private static final long NO_ERROR = 0; // RFC 9113, section 7
    private static final long CANCEL = 8;

    boolean isHttp2() {
        return request.version() == HttpVersion.HTTP_2;
    }

    boolean isHead() {
        return request.method().name().equals("HEAD");
    }

    /** As it was sent: not decoded. */
    String path() {
        return request.path() == null ? "" : request.path();
    }

    /** Gives up, whatever of the request or of the reply is still under way. */
    void cut() {
        if (isHttp2()) {
            request.response().reset(CANCEL);
        } else {
            connection.cut();
        }
    }

    /** Takes no more of the request once the reply is out: where HTTP/1 is spoken, no other request either. */
    void hangUp() {
        if (isHttp2()) {
            request.response().reset(NO_ERROR);
        } else {
            request.connection().close();
        }
    }
}
