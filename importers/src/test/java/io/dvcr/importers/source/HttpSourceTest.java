package io.dvcr.importers.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.storage.RegistryException;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class HttpSourceTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://example.org/debian.qcow2",
                "HTTPS://example.org:8443/a?b=c",
                "http://[2001:db8::1]/x",
                "http://10.0.0.1/x",
            })
    void http_and_https_urls_are_taken(String url) {
        assertThat(HttpSource.parse(url, Optional.empty()).url()).hasToString(url);
    }

    @ParameterizedTest
    @CsvSource({
        "file:///etc/passwd, only http and https URLs are read",
        "ftp://example.org/x, only http and https URLs are read",
        "example.org/x, only http and https URLs are read",
        "//example.org/x, only http and https URLs are read",
        "http:///x, ''",
        "http:x, the URL has no host",
        "http://:80/, ''",
        "http://exa mple.org/, Illegal character",
        "'', only http and https URLs are read",
        "http://user@example.org/, credentials do not belong into a URL",
        "http://user:secret@example.org/, credentials do not belong into a URL",
        "http://:@example.org/, credentials do not belong into a URL",
    })
    void other_urls_are_refused_and_the_message_says_why(String url, String message) {
        assertThatThrownBy(() -> HttpSource.parse(url, Optional.empty()))
                .isInstanceOf(RegistryException.class)
                .extracting(e -> ((RegistryException) e).error().message())
                .asString()
                .startsWith("source.http.url: ")
                .contains(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://user:secret@example.org/x",
                "ftp://user:secret@example.org/x",
                "http://user:secret@exam ple.org/x",
                "http://user:secret@under_score/x",
            })
    void a_message_about_a_url_does_not_repeat_its_credentials(String url) {
        assertThatThrownBy(() -> HttpSource.parse(url, Optional.empty()))
                .extracting(e -> ((RegistryException) e).error().message())
                .asString()
                .doesNotContain("secret");
    }
}
