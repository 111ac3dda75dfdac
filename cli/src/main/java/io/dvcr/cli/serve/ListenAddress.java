package io.dvcr.cli.serve;

import java.net.InetSocketAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code HOST:PORT}, with an IPv6 host in brackets. */
final class ListenAddress implements ITypeConverter<InetSocketAddress> {
    private static final int MAX_PORT = 65_535;

    @Override
    public InetSocketAddress convert(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon).replaceAll("^\\[(.*)]$", "$1");
        String port = text.substring(colon + 1);
        if (host.isEmpty() || !port.matches("\\d{1,5}") || Integer.parseInt(port) > MAX_PORT) {
            throw new TypeConversionException("must be HOST:PORT, such as 127.0.0.1:5000, not " + text);
        }
        InetSocketAddress address = new InetSocketAddress(host, Integer.parseInt(port));
        if (address.isUnresolved()) {
            throw new TypeConversionException("host " + host + " is not known");
        }
        return address;
    }
}
