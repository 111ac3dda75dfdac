package io.dvcr.registry.http;

import io.dvcr.storage.RegistryError;
import io.dvcr.storage.RegistryError.HeadersTooLarge;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryError.TargetTooLong;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Optional;

/**
 * What is wrong with the form of a request, beyond what Netty sees or Vert.x minds: RFC 9112. A connection on which such
 * a request came is closed, for where the next one begins cannot be trusted any more.
 */
final class RequestRules {
    private RequestRules() {}

    /** For a request that could not even be decoded. */
    static RegistryError undecodable(HttpServerRequest request, HttpSettings settings) {
        return switch (request.decoderResult().cause()) {
            case TooLongHttpLineException _ -> new TargetTooLong(settings.maxTargetBytes());
            case TooLongHttpHeaderException _ -> new HeadersTooLarge(settings.maxHeaderBytes());
            case null, default -> new RequestInvalid("the request is not well-formed HTTP");
        };
    }

    static Optional<RegistryError> fault(HttpServerRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            return Optional.empty(); // Vert.x is strict there, and no request can be taken for two
        }
        MultiMap headers = request.headers();
        if (request.version() == HttpVersion.HTTP_1_1
                && headers.getAll(HttpHeaders.HOST).size() != 1) {
            return invalid("there must be one Host header"); // section 3.2
        }
        if (headers.contains("")) {
            return invalid("there is a header without a name"); // section 5
        }
        List<String> codings = headers.getAll(HttpHeaders.TRANSFER_ENCODING);
        if (!codings.isEmpty() && (codings.size() > 1 || !codings.getFirst().equalsIgnoreCase("chunked"))) {
            return invalid("the only transfer coding that is taken is chunked"); // section 6.1
        }
        if (!codings.isEmpty() && headers.contains(HttpHeaders.CONTENT_LENGTH)) {
            return invalid("Content-Length and Transfer-Encoding exclude each other"); // section 6.3, rule 3
        }
        return Optional.empty();
    }

    private static Optional<RegistryError> invalid(String reason) {
        return Optional.of(new RequestInvalid(reason));
    }

    /** Whether a body is announced. In HTTP/2 it need not be: there the method tells. */
    static boolean hasBody(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length == null && request.version() == HttpVersion.HTTP_2) {
            return !request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD);
        }
        return request.headers().contains(HttpHeaders.TRANSFER_ENCODING) || (length != null && !length.equals("0"));
    }
}
