package io.dvcr.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.storage.AddressRange;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ClientAddressTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "                        | 10.0.0.1  | 203.0.113.9                       | 10.0.0.1", // nobody is
                // trusted
                "10.0.0.0/8              | 10.0.0.1  | 203.0.113.9                       | 203.0.113.9",
                "10.0.0.0/8              | 192.0.2.1 | 203.0.113.9                       | 192.0.2.1", // not a proxy
                "10.0.0.0/8              | 10.0.0.1  | 1.2.3.4, 203.0.113.9              | 203.0.113.9", // the first is
                // hearsay
                "10.0.0.0/8              | 10.0.0.1  | 203.0.113.9, 10.2.3.4             | 203.0.113.9", // two proxies
                "10.0.0.0/8              | 10.0.0.1  | 10.0.0.3, 10.0.0.2                | 10.0.0.3", // a client from
                // within
                "10.0.0.0/8              | 10.0.0.1  | 203.0.113.9, unknown              | 10.0.0.1",
                "10.0.0.0/8              | 10.0.0.1  | 203.0.113.9:4711                  | 203.0.113.9",
                "10.0.0.0/8              | 10.0.0.1  | [2001:db8::1]:4711                | 2001:db8::1",
                "10.0.0.0/8              | 10.0.0.1  | [2001:db8::1]                     | 2001:db8::1",
                "10.0.0.0/8              | 10.0.0.1  | 2001:db8::1                       | 2001:db8::1",
                "10.0.0.0/8              | 10.0.0.1  | localhost                         | 10.0.0.1",
                "10.0.0.0/8              | 10.0.0.1  | ''                                | 10.0.0.1",
                "10.0.0.0/8              | 10.0.0.1  | ,,,                               | 10.0.0.1",
                "10.0.0.1                | 10.0.0.1  | 203.0.113.9                       | 203.0.113.9",
                "2001:db8::/32           | 2001:db8::7 | 203.0.113.9                     | 203.0.113.9",
            })
    void the_client_is_the_last_that_is_no_trusted_proxy(
            String trusted, String connected, String forwarded, String expected) {
        List<AddressRange> proxies =
                Stream.ofNullable(trusted).map(AddressRange::parse).toList();
        InetAddress client = new ClientAddress(proxies).of(InetAddress.ofLiteral(connected), forwarded);
        assertThat(client).isEqualTo(InetAddress.ofLiteral(expected));
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3/8,      10.255.255.255, true",
        "10.1.2.3/8,      11.0.0.0,       false",
        "192.168.16.0/20, 192.168.31.255, true",
        "192.168.16.0/20, 192.168.32.0,   false",
        "0.0.0.0/0,       203.0.113.9,    true",
        "0.0.0.0/0,       ::1,            false",
        "::/0,            ::1,            true",
        "2001:db8::/33,   2001:db8:7fff::1, true",
        "2001:db8::/33,   2001:db8:8000::1, false",
    })
    void a_range_holds_what_shares_its_prefix(String range, String address, boolean expected) {
        assertThat(AddressRange.parse(range).contains(InetAddress.ofLiteral(address)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/x", "example.org", "::/129"})
    void what_is_no_range_is_refused(String text) {
        assertThatThrownBy(() -> AddressRange.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
