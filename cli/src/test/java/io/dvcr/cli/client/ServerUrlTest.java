package io.dvcr.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ServerUrlTest {

    @ParameterizedTest
    @CsvSource({
        "registry.example,             https://registry.example,      false",
        "registry.example:5000,        https://registry.example:5000, false",
        "https://registry.example/,    https://registry.example,      false",
        "http://registry.example,      http://registry.example,       true",
        "127.0.0.1:5000,               http://127.0.0.1:5000,         false",
        "localhost:5000,               http://localhost:5000,         false",
        "[::1]:5000,                   http://[::1]:5000,             false",
    })
    void a_server_is_https_unless_it_is_this_host(String text, String url, boolean unprotected) {
        assertThat(ServerUrl.parse(text)).hasToString(url);
        assertThat(ServerUrl.isUnprotected(ServerUrl.parse(text))).isEqualTo(unprotected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "ftp://registry.example", "registry.example/vms", "a b", "user@registry.example", "x:port"})
    void what_is_no_server_is_refused(String text) {
        assertThatThrownBy(() -> ServerUrl.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
