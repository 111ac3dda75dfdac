package io.dvcr.cli.config;

import java.net.InetSocketAddress;

/** Addresses as {@code HOST:PORT}, with an IPv6 host in brackets. */
final class ListenAddress {
    static final ValueType<InetSocketAddress> TYPE =
            new ValueType<>("HOST:PORT", ListenAddress::parse, ListenAddress::format, false);

    private static final int MAX_PORT = 65_535;

    private ListenAddress() {}

    /** @throws IllegalArgumentException if {@code text} is no address, or its host is not known */
    static InetSocketAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon).replaceAll("^\\[(.*)]$", "$1");
        String port = text.substring(colon + 1);
        if (host.isEmpty() || !port.matches("\\d{1,5}") || Integer.parseInt(port) > MAX_PORT) {
            throw new IllegalArgumentException("must be HOST:PORT, such as 127.0.0.1:5000, not " + text);
        }
        InetSocketAddress address = new InetSocketAddress(host, Integer.parseInt(port));
        if (address.isUnresolved()) {
            throw new IllegalArgumentException("host " + host + " is not known");
        }
        return address;
    }

    static String format(InetSocketAddress address) {
        String host = address.getHostString();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
