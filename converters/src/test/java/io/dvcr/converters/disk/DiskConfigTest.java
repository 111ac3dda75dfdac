package io.dvcr.converters.disk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.converters.disk.DiskFormatException.Reason;
import io.dvcr.storage.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DiskConfigTest {
    private static final DiskConfig FULL = new DiskConfig(
            41_060,
            8292,
            "qcow2",
            Optional.of(Digest.parse("sha256:" + "c".repeat(64))),
            false,
            Optional.of("amd64"),
            Optional.of("uefi"),
            Instant.parse("2026-01-02T03:04:05.678Z"));
    private static final String JSON = """
            {"virtualSize":41060,"usedSize":8292,"sourceFormat":"qcow2","sourceDigest":"sha256:%s",\
            "cdrom":false,"architecture":"amd64","firmware":"uefi","created":"2026-01-02T03:04:05Z"}""".formatted("c".repeat(64));
    private static final DiskConfig BARE =
            new DiskConfig(0, 0, "iso", Optional.empty(), true, Optional.empty(), Optional.empty(), Instant.EPOCH);

    @Test
    void a_configuration_is_short_json_and_comes_back() throws IOException {
        assertThat(new String(FULL.toJson(), UTF_8)).isEqualTo(JSON);
        assertThat(DiskConfig.parse(FULL.toJson())).isEqualTo(FULL);
    }

    @Test
    void what_was_newly_stored_stands_behind_what_is_used() throws IOException {
        DiskConfig config = FULL.withNewlyStored(1234);
        assertThat(new String(config.toJson(), UTF_8))
                .contains("\"usedSize\":8292,\"newlyStored\":1234,\"sourceFormat\"");
        assertThat(DiskConfig.parse(config.toJson())).isEqualTo(config);
    }

    @Test
    void how_the_disk_is_partitioned_stands_before_when_it_was_made() throws IOException {
        DiskConfig config = FULL.withPartitionTable("gpt");
        assertThat(new String(config.toJson(), UTF_8))
                .contains("\"firmware\":\"uefi\",\"partitionTable\":\"gpt\",\"created\"");
        assertThat(DiskConfig.parse(config.toJson())).isEqualTo(config);
        assertThat(DiskConfig.parse(config.withNewlyStored(1).toJson()).partitionTable())
                .contains("gpt");
    }

    @Test
    void what_is_not_known_is_left_out() throws IOException {
        assertThat(new String(BARE.toJson(), UTF_8))
                .isEqualTo("{\"virtualSize\":0,\"usedSize\":0,\"sourceFormat\":\"iso\",\"cdrom\":true,"
                        + "\"created\":\"1970-01-01T00:00:00Z\"}");
        assertThat(DiskConfig.parse(BARE.toJson())).isEqualTo(BARE);
    }

    @Test
    void fields_of_later_versions_are_ignored_and_any_offset_is_understood() throws IOException {
        String json =
                JSON.replace("\"cdrom\"", "\"new\":{\"a\":[1]},\"cdrom\"").replace("03:04:05Z", "04:04:05.999+01:00");
        assertThat(DiskConfig.parse(json.getBytes(UTF_8))).isEqualTo(FULL);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "\"virtualSize\":41060 | \"virtualSize\":-1",
                "\"virtualSize\":41060 | \"virtualSize\":17592186044417",
                "\"virtualSize\":41060 | \"virtualSize\":41060.0",
                "\"virtualSize\":41060 | \"virtualSize\":8291",
                "\"virtualSize\":41060 | \"virtualSize\":\"41060\"",
                "\"usedSize\":8292, | \"usedSize\":null,",
                "\"qcow2\" | \"\"",
                "\"qcow2\" | \"QCOW2\"",
                "\"qcow2\" | \"a b\"",
                "sha256: | sha256",
                "\"cdrom\":false | \"cdrom\":0",
                "\"cdrom\":false, | ",
                "\"amd64\" | 64",
                "\"uefi\" | \"../x\"",
                "2026-01-02T03:04:05Z | yesterday",
                "2026-01-02T03:04:05Z | +12026-01-02T03:04:05Z",
                "} | }{}"
            })
    void a_configuration_that_breaks_a_rule_is_refused(String good, String bad) {
        assertThat(JSON).contains(good);
        assertRefused(JSON.replace(good, bad == null ? "" : bad));
    }

    @Test
    void a_configuration_beyond_the_limits_is_refused() {
        assertRefused("");
        assertRefused(JSON + " ".repeat(64 << 10));
        assertRefused("[".repeat(30_000));
    }

    @Test
    void a_configuration_and_an_index_that_disagree_are_told_apart() throws IOException {
        DiskIndex index = DiskIndex.parse(ByteBuffer.wrap(DiskVectors.sampleIndex()));
        FULL.requireMatch(index);
        assertThatThrownBy(() -> BARE.requireMatch(index))
                .isInstanceOfSatisfying(
                        DiskFormatException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MISMATCH));
    }

    private static void assertRefused(String json) {
        assertThatThrownBy(() -> DiskConfig.parse(json.getBytes(UTF_8)))
                .isInstanceOfSatisfying(
                        DiskFormatException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CONFIG));
    }
}
