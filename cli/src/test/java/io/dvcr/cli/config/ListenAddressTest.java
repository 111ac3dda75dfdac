package io.dvcr.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ListenAddressTest {

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:5000, 127.0.0.1, 5000, true",
        "localhost:0, 127.0.0.1, 0, true",
        "0.0.0.0:65535, 0.0.0.0, 65535, false",
        "[::1]:5000, 0:0:0:0:0:0:0:1, 5000, true",
        "[::]:80, 0:0:0:0:0:0:0:0, 80, false",
    })
    void host_and_port_are_read(String text, String host, int port, boolean loopback) {
        InetSocketAddress address = ListenAddress.parse(text);
        assertThat(address.getAddress().getHostAddress()).isEqualTo(host);
        assertThat(address.getPort()).isEqualTo(port);
        assertThat(address.getAddress().isLoopbackAddress()).isEqualTo(loopback);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "5000",
                ":5000",
                "127.0.0.1",
                "127.0.0.1:",
                "127.0.0.1:x",
                "127.0.0.1:-1",
                "127.0.0.1:65536",
                "127.0.0.1:123456",
                "[]:5000"
            })
    void anything_else_is_refused_with_an_example(String text) {
        assertThatThrownBy(() -> ListenAddress.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("must be HOST:PORT, such as 127.0.0.1:5000, not " + text);
    }

    @Test
    void a_host_that_is_not_known_is_said_so() {
        assertThatThrownBy(() -> ListenAddress.parse("no-such-host.invalid:5000"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("host no-such-host.invalid is not known");
    }
}
