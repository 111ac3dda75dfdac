package io.dvcr.registry.http;

import io.dvcr.registry.access.Caller;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes of Vert.x's requests those that handlers see. Thread-safe. */
record RequestReader(ClientAddress clientAddress) {
    private static final String FORWARDED_FOR = "X-Forwarded-For";
    private static final String HOST = "Host";

    /** @throws RegistryException with {@link RequestInvalid} if the query is not well formed */
    Request read(Exchange exchange, RequestBody body) {
        HttpServerRequest request = exchange.request();
        return new Request(
                exchange.isHead(),
                exchange.path(),
                Map.of(),
                query(request),
                headers(exchange),
                client(exchange),
                Caller.NOBODY,
                body);
    }

    /** With the authority that HTTP/2 has instead of {@code Host}: RFC 9113, section 8.3.1. */
    private static HeaderMap headers(Exchange exchange) {
        HeaderMap headers = HeaderMap.of(exchange.request().headers());
        HostAndPort authority = exchange.isHttp2() ? exchange.request().authority() : null;
        if (authority == null || headers.containsKey(HOST)) {
            return headers;
        }
        Map<String, String> complete = new LinkedHashMap<>(headers);
        complete.put(HOST, authority.port() < 0 ? authority.host() : authority.host() + ":" + authority.port());
        return HeaderMap.copyOf(complete);
    }

    private static Map<String, List<String>> query(HttpServerRequest request) {
        if (request.query() == null) {
            return Map.of();
        }
        Map<String, List<String>> query = new LinkedHashMap<>();
        try {
            request.params()
                    .forEach((name, value) ->
                            query.computeIfAbsent(name, _ -> new ArrayList<>()).add(value));
        } catch (IllegalArgumentException e) { // of Vert.x, which decodes the query
            throw new RegistryException(new RequestInvalid("the query is not well formed"));
        }
        return query;
    }

    /** A certificate proves who connected: a proxy's says nothing of those whom it speaks for. */
    Client client(Exchange exchange) {
        Client connected = exchange.connection().client();
        List<String> forwarded = exchange.request().headers().getAll(FORWARDED_FOR);
        if (forwarded.isEmpty()) {
            return connected;
        }
        InetAddress address = clientAddress.of(connected.address(), String.join(",", forwarded));
        return address.equals(connected.address()) ? connected : new Client(address, Optional.empty());
    }
}
