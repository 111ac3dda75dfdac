package io.dvcr.storage;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Some addresses in a row: CIDR notation, RFC 4632 and RFC 4291, section 2.3.
 *
 * @param prefixBits how many leading bits an address shares with {@code first}
 */
public record AddressRange(InetAddress first, int prefixBits) {

    public AddressRange {
        int bits = first.getAddress().length * Byte.SIZE;
        if (prefixBits < 0 || prefixBits > bits) {
            throw new IllegalArgumentException("a prefix of " + first.getHostAddress() + " has 0 to " + bits + " bits");
        }
        first = masked(first, prefixBits);
    }

    /** @throws IllegalArgumentException if {@code text} is neither an address nor a range such as 10.0.0.0/8 */
    public static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        InetAddress address = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
        String bits = slash < 0 ? Integer.toString(address.getAddress().length * Byte.SIZE) : text.substring(slash + 1);
        if (!bits.matches("\\d{1,3}")) {
            throw new IllegalArgumentException("must be an address or a range such as 10.0.0.0/8, not " + text);
        }
        return new AddressRange(address, Integer.parseInt(bits));
    }

    public boolean contains(InetAddress address) {
        return address.getAddress().length == first.getAddress().length
                && masked(address, prefixBits).equals(first);
    }

    /** {@code address} with all bits after the first {@code prefixBits} cleared. */
    public static InetAddress masked(InetAddress address, int prefixBits) {
        byte[] bytes = address.getAddress();
        for (int i = 0; i < bytes.length; i++) {
            int kept = Math.clamp(prefixBits - (long) i * Byte.SIZE, 0, Byte.SIZE);
            bytes[i] &= (byte) (0xff << (Byte.SIZE - kept));
        }
        return ofBytes(bytes);
    }

    private static InetAddress ofBytes(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + bytes.length + " bytes", e);
        }
    }

    @Override
    public String toString() {
        return first.getHostAddress() + "/" + prefixBits;
    }
}
