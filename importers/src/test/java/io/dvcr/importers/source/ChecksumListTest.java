package io.dvcr.importers.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ChecksumListTest {
    private static final String MD5 = "5d41402abc4b2a76b9719d911017c592";
    private static final String SHA1 = "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d";
    private static final String SHA256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    private static final String SHA512 = SHA256 + SHA256;
    private static final String OTHER = "0000000000000000000000000000000000000000000000000000000000000000";

    /** As the tools of both families and openssl write them, and as publishers lay them out. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s  disk.qcow2",
                "%s *disk.qcow2",
                "%s disk.qcow2",
                "%s\tdisk.qcow2\r",
                "%s  ./disk.qcow2",
                "%s  images/12/disk.qcow2",
                "SHA256 (disk.qcow2) = %s",
                "SHA256 (images/disk.qcow2) = %s",
                "SHA2-256(disk.qcow2)= %s",
                "%s",
                "  %s  ",
                "# disk.qcow2: 12 bytes\nSHA256 (disk.qcow2) = %s\n",
                "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n%s  disk.qcow2\n-----BEGIN PGP SIGNATURE-----\nab+/\n",
            })
    void the_line_of_the_file_is_found_in_every_form(String form) {
        String text = OTHER + "  disk.qcow2.old\n" + OTHER + "  mydisk.qcow2\n" + form.formatted(SHA256) + "\n";
        String alone = form.strip().equals("%s") ? form.formatted(SHA256) : text;
        assertThat(new ChecksumList(alone).of("disk.qcow2")).contains(new Checksum(Checksum.Algorithm.SHA256, SHA256));
    }

    @ParameterizedTest
    @CsvSource({MD5 + ",MD5", SHA1 + ",SHA1", SHA256 + ",SHA256", SHA512 + ",SHA512"})
    void the_algorithm_shows_by_the_length(String hex, Checksum.Algorithm algorithm) {
        assertThat(new ChecksumList(hex + "  x").of("x")).contains(new Checksum(algorithm, hex));
        assertThat(new ChecksumList(algorithm + " (x) = " + hex).of("x")).contains(new Checksum(algorithm, hex));
    }

    @Test
    void of_several_algorithms_the_strongest_counts() {
        String text = "MD5 (x) = " + MD5 + "\nSHA512 (x) = " + SHA512 + "\nSHA1 (x) = " + SHA1;
        assertThat(new ChecksumList(text).of("x")).contains(new Checksum(Checksum.Algorithm.SHA512, SHA512));
    }

    @Test
    void a_name_as_it_is_counts_before_one_in_a_directory() {
        String text = OTHER + "  old/x\n" + SHA256 + "  x\n";
        assertThat(new ChecksumList(text).of("x")).contains(new Checksum(Checksum.Algorithm.SHA256, SHA256));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                SHA256 + "  y",
                SHA256 + "  x\n" + OTHER + "  x",
                SHA256 + "  a/x\n" + OTHER + "  b/x",
                "SHA512 (x) = " + SHA256,
                SHA256 + "0  x",
                SHA256 + "x",
                "<html>" + SHA256 + "  x</html>",
            })
    void what_is_not_there_or_not_clear_is_not_found(String text) {
        assertThat(new ChecksumList(text).of("x")).isEmpty();
    }

    @Test
    void a_hash_alone_is_not_that_of_one_file_among_others() {
        assertThat(new ChecksumList(SHA256 + "\n" + OTHER).of("x")).isEmpty();
    }

    @Test
    void names_with_line_feeds_are_read_as_coreutils_write_them() {
        assertThat(new ChecksumList("\\" + SHA256 + "  a\\nb\\\\n").of("a\nb\\n"))
                .isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "http://h/a/disk.qcow2?x=y#z, disk.qcow2",
        "http://h/a%20b.img, a b.img",
        "http://h/, ''",
        "http://h, ''",
    })
    void the_file_is_the_end_of_the_path(String url, String file) {
        assertThat(ChecksumList.fileOf(URI.create(url))).isEqualTo(file);
    }
}
