package io.dvcr.importers.source;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.importers.source.SourceError.AddressRefused;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class AddressPolicyTest {

    @ParameterizedTest
    @CsvSource({
        "169.254.169.254, link-local",
        "169.254.0.1, link-local",
        "169.254.170.2, link-local",
        "fe80::1, link-local",
        "fe80::a9fe:a9fe%1, link-local",
        "febf::1, link-local",
        "100.100.100.200, metadata",
        "168.63.129.16, metadata",
        "192.0.0.192, metadata",
        "fd00:ec2::254, metadata",
        "fd00:ec2::254%1, metadata",
        "fd20:ce::254, metadata",
        "fd00:42::42, metadata",
        "0.0.0.0, server itself",
        "::, server itself",
        "224.0.0.1, one host",
        "239.255.255.255, one host",
        "ff02::1, one host",
        "ff0e::1, one host",
        "255.255.255.255, one host",
    })
    void some_addresses_are_always_refused(String address, String reason) {
        assertRefused(true, address, reason);
        assertRefused(false, address, reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "::ffff:169.254.169.254", // mapped
                "::ffff:a9fe:a9fe",
                "::169.254.169.254", // compatible
                "::ffff:0:169.254.169.254", // translated
                "64:ff9b::169.254.169.254", // NAT64
                "64:ff9b:1::169.254.169.254",
                "2002:a9fe:a9fe::1", // 6to4
                "64:ff9b::100.100.100.200",
                "2002:6464:64c8::",
                "::ffff:0.0.0.0",
                "64:ff9b::255.255.255.255",
                "2002:e000:1::",
            })
    void an_ipv4_address_is_not_hidden_in_one_of_ipv6(String address) {
        assertRefused(true, address, "");
        assertRefused(false, address, "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.255.255.254",
                "::1",
                "::ffff:127.0.0.1",
                "::127.0.0.1",
                "64:ff9b::127.0.0.1",
                "2002:7f00:1::",
                "::ffff:0:127.0.0.1",
            })
    void loopback_is_allowed_only_where_it_was_said(String address) {
        assertAllowed(true, address);
        assertRefused(false, address, "loopback is the server itself");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.1",
                "172.16.0.1",
                "192.168.1.1",
                "100.64.0.1",
                "fd12:3456::1",
                "fd00:ec2::253",
                "fec0::1",
                "8.8.8.8",
                "169.253.1.1",
                "169.255.1.1",
                "100.100.100.201",
                "2001:4860:4860::8888",
                "64:ff9b::8.8.8.8",
                "2002:808:808::",
                "::ffff:10.0.0.1",
            })
    void private_and_public_hosts_are_allowed(String address) {
        assertAllowed(true, address);
        assertAllowed(false, address);
    }

    /** As a resolver gives it, not as a literal. */
    @Test
    void mapped_bytes_are_judged_as_ipv4() throws UnknownHostException {
        byte[] mapped = new byte[16];
        mapped[10] = mapped[11] = (byte) 0xff;
        System.arraycopy(new byte[] {(byte) 169, (byte) 254, 0, 1}, 0, mapped, 12, 4);
        InetAddress address = InetAddress.getByAddress("sneaky", mapped);
        assertThatThrownBy(() -> new AddressPolicy(true).check("sneaky", address))
                .hasMessageContaining("sneaky has the address 169.254.0.1, which is refused");
    }

    private static void assertRefused(boolean allowLoopback, String address, String reason) {
        AddressPolicy policy = new AddressPolicy(allowLoopback);
        assertThatThrownBy(() -> policy.check("host", InetAddress.ofLiteral(address)))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining(reason)
                .extracting(e -> ((SourceException) e).error())
                .isInstanceOf(AddressRefused.class);
    }

    private static void assertAllowed(boolean allowLoopback, String address) {
        AddressPolicy policy = new AddressPolicy(allowLoopback);
        assertThatCode(() -> policy.check("host", InetAddress.ofLiteral(address)))
                .doesNotThrowAnyException();
    }
}
