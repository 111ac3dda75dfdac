package io.dvcr.registry.http;

import io.dvcr.storage.AddressRange;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * Who the client is behind proxies: each appends to {@code X-Forwarded-For} whom it had its request from, so that the
 * last that is not a trusted proxy is the client. What stands before that anybody may have written.
 *
 * @param trustedProxies whose word is taken
 */
record ClientAddress(List<AddressRange> trustedProxies) {

    /** @param forwardedFor the values of all headers of that name, in their order, joined by commas */
    InetAddress of(InetAddress connected, String forwardedFor) {
        InetAddress client = connected;
        String[] hops = forwardedFor.split(",", -1);
        for (int i = hops.length - 1; i >= 0 && isProxy(client); i--) {
            Optional<InetAddress> hop = parse(hops[i].strip());
            if (hop.isEmpty()) {
                return client; // a proxy that does not know: nothing before that is worth more
            }
            client = hop.get();
        }
        return client;
    }

    private boolean isProxy(InetAddress address) {
        return trustedProxies.stream().anyMatch(range -> range.contains(address));
    }

    /** An address, which some write with a port: {@code 192.0.2.1:4711}, {@code [2001:db8::1]:4711}. */
    private static Optional<InetAddress> parse(String hop) {
        String host = hop.startsWith("[")
                ? hop.replaceAll("^\\[([^]]*)](?::\\d*)?$", "$1")
                : hop.replaceAll("^([^:]*):\\d*$", "$1");
        try {
            return Optional.of(InetAddress.ofLiteral(host));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
