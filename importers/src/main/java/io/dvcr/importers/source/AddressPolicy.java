package io.dvcr.importers.source;

import io.dvcr.importers.source.SourceError.AddressRefused;
import io.dvcr.storage.AddressRange;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which addresses the server connects to for a client that names a URL. Private networks are allowed unless the operator
 * denies them, since most mirrors live there; addresses that reach the server itself or its platform's metadata service
 * are not, whatever the operator allows.
 *
 * @param allowLoopback only where the server itself listens on loopback alone, so that clients are local anyway
 * @param deny what the operator does not want to be read
 * @param allow exceptions from {@code deny}
 */
public record AddressPolicy(boolean allowLoopback, List<AddressRange> deny, List<AddressRange> allow) {

    /** The metadata services that are not link-local. As addresses, not as text: an IPv6 literal may carry a scope. */
    private static final Set<InetAddress> METADATA = Set.of(
            InetAddress.ofLiteral("fd00:ec2::254"), // AWS
            InetAddress.ofLiteral("fd20:ce::254"), // Google Cloud
            InetAddress.ofLiteral("fd00:42::42"), // Scaleway
            InetAddress.ofLiteral("100.100.100.200"), // Alibaba Cloud
            InetAddress.ofLiteral("168.63.129.16"), // Azure
            InetAddress.ofLiteral("192.0.0.192")); // Oracle Cloud

    public AddressPolicy {
        deny = List.copyOf(deny);
        allow = List.copyOf(allow);
    }

    /** One that denies only what nobody can allow. */
    public AddressPolicy(boolean allowLoopback) {
        this(allowLoopback, List.of(), List.of());
    }

    /** @throws SourceException with {@link AddressRefused} if {@code address} of {@code host} is not allowed */
    public void check(String host, InetAddress address) {
        Optional<String> reason = embeddedIpv4(address).flatMap(this::refusal).or(() -> refusal(address));
        if (reason.isPresent()) {
            throw new SourceException(new AddressRefused(host, address.getHostAddress(), reason.get()));
        }
    }

    private Optional<String> refusal(InetAddress address) {
        if (address.isLoopbackAddress()) {
            return allowLoopback ? Optional.empty() : Optional.of("loopback is the server itself");
        }
        if (address.isAnyLocalAddress()) {
            return Optional.of("it is the server itself");
        }
        if (address.isLinkLocalAddress() || METADATA.contains(address)) {
            return Optional.of("link-local and metadata addresses are never read");
        }
        if (address.isMulticastAddress() || isBroadcast(address)) {
            return Optional.of("it is not the address of one host");
        }
        return isIn(deny, address) && !isIn(allow, address)
                ? Optional.of("the operator denies it (downloads.deny)")
                : Optional.empty();
    }

    private static boolean isIn(List<AddressRange> ranges, InetAddress address) {
        return ranges.stream().anyMatch(range -> range.contains(address));
    }

    private static boolean isBroadcast(InetAddress address) {
        return address.getHostAddress().equals("255.255.255.255");
    }

    /** The IPv4 address inside one of IPv4-compatible, IPv4-translated (RFC 2765), NAT64 (RFC 6052) or 6to4 form. */
    private static Optional<InetAddress> embeddedIpv4(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (address instanceof Inet4Address) {
            return Optional.empty();
        }
        if (startsWith(bytes, 0x20, 0x02)) {
            return Optional.of(ipv4(bytes, 2));
        }
        boolean nat64 = startsWith(bytes, 0x00, 0x64, 0xff, 0x9b);
        boolean compatible = startsWith(bytes, new int[12]) && !address.isLoopbackAddress();
        boolean translated = startsWith(bytes, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0);
        return nat64 || compatible || translated ? Optional.of(ipv4(bytes, 12)) : Optional.empty();
    }

    private static boolean startsWith(byte[] bytes, int... prefix) {
        for (int i = 0; i < prefix.length; i++) {
            if ((bytes[i] & 0xff) != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    private static InetAddress ipv4(byte[] bytes, int offset) {
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, offset, offset + 4));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }
}
