package io.dvcr.importers.source;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.importers.source.SourceError.AddressRefused;
import io.dvcr.storage.AddressRange;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;
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

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3, true",
        "10.1.3.3, false",
        "::ffff:10.1.2.3, true",
        "64:ff9b::10.1.3.3, false",
        "fd12::1, false",
        "8.8.8.8, true",
    })
    void what_the_operator_denies_is_refused_but_for_the_exceptions(String address, boolean allowed) {
        AddressPolicy policy = new AddressPolicy(true, ranges("10.0.0.0/8", "fd00::/8"), ranges("10.1.2.0/24"));
        if (allowed) {
            assertThatCode(() -> policy.check("host", InetAddress.ofLiteral(address)))
                    .doesNotThrowAnyException();
        } else {
            assertThatThrownBy(() -> policy.check("host", InetAddress.ofLiteral(address)))
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("the operator denies it");
        }
    }

    @Test
    void denying_everything_makes_the_exceptions_a_list_of_what_is_allowed() {
        AddressPolicy policy = new AddressPolicy(false, ranges("0.0.0.0/0", "::/0"), ranges("192.0.2.7"));
        assertThatCode(() -> policy.check("host", InetAddress.ofLiteral("192.0.2.7")))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> policy.check("host", InetAddress.ofLiteral("192.0.2.8")))
                .isInstanceOf(SourceException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"169.254.169.254", "127.0.0.1", "::1", "0.0.0.0", "fd00:ec2::254", "224.0.0.1"})
    void no_operator_can_allow_what_is_never_read(String address) {
        AddressPolicy policy = new AddressPolicy(false, List.of(), ranges("0.0.0.0/0", "::/0"));
        assertThatThrownBy(() -> policy.check("host", InetAddress.ofLiteral(address)))
                .isInstanceOf(SourceException.class);
    }

    private static List<AddressRange> ranges(String... ranges) {
        return Stream.of(ranges).map(AddressRange::parse).toList();
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
