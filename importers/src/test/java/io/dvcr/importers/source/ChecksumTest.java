package io.dvcr.importers.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.importers.source.Checksum.Verifier;
import io.dvcr.storage.RegistryException;
import java.util.Locale;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ChecksumTest {

    /** Of "hello", as md5sum, sha1sum, sha256sum and sha512sum say. */
    @ParameterizedTest
    @CsvSource({
        "md5, 5d41402abc4b2a76b9719d911017c592",
        "sha1, aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d",
        "sha256, 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
        "sha512, 9b71d224bd62f3785d96d46ad3ea3d73319bfbc2890caadae2dff72519673ca72323c3d99ba5c11d7c7acc6e14b8c5da"
                + "0c4663475c2e5c3adef46f73bcdec043",
    })
    void each_algorithm_accepts_the_right_bytes_and_no_others(String algorithm, String hex) {
        Checksum checksum = Checksum.parse(algorithm, hex.toUpperCase(Locale.ROOT));
        assertThat(checksum.hex()).isEqualTo(hex);
        assertThat(checksum.algorithm().label()).isEqualTo(algorithm);

        Verifier right = checksum.verifier();
        right.update("__hel".getBytes(UTF_8), 2, 3);
        right.update("lo".getBytes(UTF_8), 0, 2);
        right.verify();

        Verifier wrong = checksum.verifier();
        wrong.update("hallo".getBytes(UTF_8), 0, 5);
        assertThatThrownBy(wrong::verify)
                .isInstanceOf(SourceException.class)
                .hasMessageStartingWith("the source has " + algorithm + " ")
                .hasMessageEndingWith(", not " + hex);
    }

    @ParameterizedTest
    @CsvSource({
        "sha256, abc, sha256 checksum must have 64 hexadecimal digits",
        "md5, 5d41402abc4b2a76b9719d911017c59g, md5 checksum must have 32 hexadecimal digits",
        "md5, '', md5 checksum must have 32 hexadecimal digits",
        "md5, ５d41402abc4b2a76b9719d911017c59, md5 checksum must have 32 hexadecimal digits",
        "SHA256, abc, 'checksum algorithm must be md5, sha1, sha256 or sha512, not SHA256'",
        "crc32, 12345678, 'checksum algorithm must be md5, sha1, sha256 or sha512, not crc32'",
        "'', abc, 'checksum algorithm must be md5, sha1, sha256 or sha512, not '",
    })
    void a_malformed_checksum_is_refused_with_what_is_expected(String algorithm, String hex, String message) {
        assertThatThrownBy(() -> Checksum.parse(algorithm, hex))
                .isInstanceOf(RegistryException.class)
                .extracting(e -> ((RegistryException) e).error().message())
                .isEqualTo(message);
    }

    @Test
    void the_case_of_the_digits_does_not_matter() {
        assertThat(Checksum.parse("md5", "5D41402ABC4B2A76B9719D911017C592"))
                .isEqualTo(Checksum.parse("md5", "5d41402abc4b2a76b9719d911017c592"));
    }
}
