package io.dvcr.importers.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dvcr.converters.format.ImageFormat;
import io.dvcr.importers.image.ImageDetails;
import io.dvcr.importers.job.ImportProgress.Step;
import io.dvcr.importers.source.Checksum;
import io.dvcr.importers.source.Checksum.Algorithm;
import io.dvcr.importers.source.HttpSource;
import io.dvcr.importers.source.SecretName;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ImportJobJsonTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MD5 = "5d41402abc4b2a76b9719d911017c592";
    private static final Instant NOON = Instant.parse("2026-01-05T12:00:00.123456Z");
    private static final ImportRequest REQUEST = new ImportRequest(
            new RepositoryName("vms/debian"),
            new Tag("12"),
            new HttpSource(
                    URI.create("http://example.org/debian.qcow2?a=b"), Optional.of(new Checksum(Algorithm.MD5, MD5))));

    private static final ImportJob PENDING =
            ImportJob.pending("11111111-2222-3333-4444-555555555555", REQUEST, NOON, Optional.of("ann"));

    private static final ImportProgress FAST = new ImportProgress(
            50, OptionalLong.of(100), 49, Step.RECEIVING, OptionalLong.of(25), Optional.of(Duration.ofSeconds(2)));

    private static ImportJob roundTrip(ImportJob job) throws IOException {
        return ImportJobJson.parse(ImportJobJson.toJson(job).toString().getBytes(UTF_8));
    }

    @Test
    void a_job_that_waits_is_read_as_it_was_written() throws IOException {
        assertThat(roundTrip(PENDING)).isEqualTo(PENDING);
        assertThat(roundTrip(PENDING.cancelled())).isEqualTo(PENDING.cancelled());
    }

    @Test
    void a_failed_job_keeps_its_failure() throws IOException {
        ImportJob failed = PENDING.failed(new ImportFailure("CODE", "what \"went\" wrong"));
        assertThat(roundTrip(failed)).isEqualTo(failed);
    }

    @Test
    void a_job_that_succeeded_keeps_its_image_and_its_bytes() throws IOException {
        ImportJob job = PENDING.running(new ImportProgress(99, OptionalLong.of(100), 98, Step.PUBLISHING))
                .succeeded(new ImageDetails(
                        REQUEST.repository(),
                        Optional.of(REQUEST.tag()),
                        Digest.sha256(new byte[0]),
                        "qcow2",
                        1L << 40,
                        1L << 33,
                        12345,
                        OptionalLong.of(123),
                        true,
                        Optional.of("gpt"),
                        Optional.of("uefi"),
                        NOON));
        assertThat(roundTrip(job)).isEqualTo(job);
        assertThat(roundTrip(job).progress()).isEqualTo(new ImportProgress(99, OptionalLong.of(100), 100, Step.DONE));
    }

    @Test
    void the_progress_of_a_job_that_runs_outlives_its_server_but_not_its_speed() throws IOException {
        ImportProgress reached = new ImportProgress(50, OptionalLong.of(100), 49, Step.RECEIVING);
        ImportJob running = PENDING.running(FAST);
        assertThat(roundTrip(running)).isEqualTo(PENDING.running(reached));
        assertThat(roundTrip(running.failed(new ImportFailure("CODE", "why"))).progress())
                .isEqualTo(reached);
        assertThat(roundTrip(running).pendingAgain().progress())
                .isEqualTo(new ImportProgress(50, OptionalLong.of(100), 49, Step.CONNECTING));
    }

    @Test
    void a_job_that_waits_says_how_many_begin_before_it() {
        assertThat(ImportJobJson.toJson(PENDING.at(3)).path("queuePosition").asInt())
                .isEqualTo(3);
        assertThat(ImportJobJson.toJson(PENDING).has("queuePosition")).isFalse();
    }

    @Test
    void a_job_has_the_form_that_the_api_documents() throws IOException {
        ImportJob running = PENDING.running(FAST);
        assertThat(JSON.readTree(ImportJobJson.toJson(running).toString())).isEqualTo(JSON.readTree("""
                {
                  "id": "11111111-2222-3333-4444-555555555555",
                  "created": "2026-01-05T12:00:00.123456Z",
                  "requestedBy": "ann",
                  "target": "vms/debian:12",
                  "source": {"http": {
                    "url": "http://example.org/debian.qcow2?a=b",
                    "checksum": {"md5": "5d41402abc4b2a76b9719d911017c592"}}},
                  "phase": "Running",
                  "progress": {"bytesReceived": 50, "bytesTotal": 100, "percent": 49, "step": "Receiving",
                               "bytesPerSecond": 25, "remainingSeconds": 2}
                }
                """));
    }

    @Test
    void a_list_of_checksums_and_a_secret_are_kept_by_their_names() throws IOException {
        ImportRequest request = parse("""
                {"target":"vms/debian:12","source":{"http":{"url":"https://example.org/x",
                    "checksumUrl":"https://example.org/SHA256SUMS","secret":"mirror"}}}""");
        assertThat(request.source())
                .isEqualTo(new HttpSource(
                        URI.create("https://example.org/x"),
                        Optional.empty(),
                        Optional.of(URI.create("https://example.org/SHA256SUMS")),
                        Optional.of(new SecretName("mirror"))));
        ImportJob job = ImportJob.pending("7", request, NOON, Optional.empty());
        assertThat(roundTrip(job)).isEqualTo(job);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"http\":{\"url\":\"http://x/\"}}",
                "{\"registry\":{\"image\":\"quay.io/a/b:1\",\"architecture\":\"arm64\",\"secret\":\"quay\"}}",
                "{\"volume\":{\"path\":\"/srv/x.qcow2\",\"checksum\":{\"md5\":\"" + MD5 + "\"}}}"
            })
    void every_kind_of_source_is_written_as_it_was_asked_for(String source) throws IOException {
        ImportRequest request = parse("{\"target\":\"a:1\",\"source\":" + source + "}");
        ImportJob job = ImportJob.pending("7", request, NOON, Optional.empty());
        assertThat(ImportJobJson.toJson(job).path("source")).isEqualTo(JSON.readTree(source));
        assertThat(roundTrip(job)).isEqualTo(job);
    }

    @Test
    void a_request_needs_no_checksum_and_its_tag_defaults_to_latest() throws IOException {
        ImportRequest request = parse("""
                {"target":"vms/debian","source":{"http":{"url":"https://example.org/x","checksum":null}}}""");
        assertThat(request.tag()).isEqualTo(new Tag("latest"));
        assertThat(request.source()).isEqualTo(new HttpSource(URI.create("https://example.org/x"), Optional.empty()));
    }

    @Test
    void a_format_that_is_declared_is_kept() throws IOException {
        ImportRequest request = parse("""
                {"target":"vms/debian:12","format":"qcow2","source":{"http":{"url":"https://example.org/x"}}}""");
        assertThat(request.format()).contains(ImageFormat.QCOW2);
        ImportJob job = ImportJob.pending("7", request, NOON, Optional.empty());
        assertThat(roundTrip(job)).isEqualTo(job);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | target must be a string",
                "{'target':7} | target must be a string",
                "{'target':''} | target must be a string",
                "{'target':'Vms/debian:12'} | invalid repository name \"Vms/debian\"",
                "{'target':'localhost:5000/debian:12'} | invalid repository name \"localhost:5000/debian\"",
                "{'target':'../etc:12'} | invalid repository name \"../etc\"",
                "{'target':'vms/debian:-12'} | invalid tag \"-12\"",
                "{'target':'a@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'} | a digest cannot be chosen",
                "{'target':'a@sha256:e3b0'} | invalid digest \"sha256:e3b0\"",
                "{'target':'a:1','format':'cow','source':{'http':{'url':'http://x/'}}} | format must be one of [raw, qcow2,",
                "{'target':'a:1'} | source must be an object with one field",
                "{'target':'a:1','source':'http://x'} | source must be an object with one field",
                "{'target':'a:1','source':{'http':'http://x'}} | source.http must be an object",
                "{'target':'a:1','source':{'telepathy':{}}} | the kind of source: http",
                "{'target':'a:1','source':{'http':{'url':'http://x/'},'telepathy':{}}} | with one field",
                "{'target':'a:1','source':{'registry':{'image':'http://x'}}} | image must be such as",
                "{'target':'a:1','source':{'registry':{'image':'x','architecture':'x/y'}}} | is not an architecture",
                "{'target':'a:1','source':{'volume':{'path':'../x'}}} | path must be absolute",
                "{'target':'a:1','source':{'http':{}}} | source.http.url must be a string",
                "{'target':'a:1','source':{'http':{'url':['http://x/']}}} | source.http.url must be a string",
                "{'target':'a:1','source':{'http':{'url':'ftp://x/'}}} | only http and https URLs are read",
                "{'target':'a:1','source':{'http':{'url':'http://x/','checksum':'sha256:abc'}}} | source.http.checksum must be an object",
                "{'target':'a:1','source':{'http':{'url':'http://x/','checksum':{}}}} | must have one algorithm",
                "{'target':'a:1','source':{'http':{'url':'http://x/','checksum':{'md5':'a','sha1':'b'}}}} | must have one algorithm",
                "{'target':'a:1','source':{'http':{'url':'http://x/','secret':'../x'}}} | a secret's name has",
                "{'target':'a:1','source':{'http':{'url':'http://x/','secret':7}}} | source.http.secret must be a string",
                "{'target':'a:1','source':{'http':{'url':'http://x/','checksumUrl':'file:/x'}}} | only http and https",
                "{'target':'a:1','source':{'http':{'url':'http://x/','checksumUrl':'http://y/','checksum':{'md5':'5d41402abc4b2a76b9719d911017c592'}}}} | one of them is enough",
                "{'target':'a:1','source':{'http':{'url':'http://x/','checksum':{'crc':'a'}}}} | must be md5, sha1, sha256 or sha512",
                "{'target':'a:1','source':{'http':{'url':'http://x/','checksum':{'md5':7}}}} | must have 32 hexadecimal digits",
                "{'target':'a:1','source':{'http':{'url':'http://x/','cheksum':{'md5':'a'}}}} | not \"cheksum\"",
            })
    void a_malformed_request_is_refused_and_told_what_is_wrong(String json, String message) {
        assertThatThrownBy(() -> parse(json.replace('\'', '"')))
                .isInstanceOf(RegistryException.class)
                .extracting(e -> ((RegistryException) e).error().message())
                .asString()
                .contains(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"phase\":\"Pending\"}",
                "{\"phase\":\"Dancing\"}",
                "{\"id\":\"x\",\"phase\":\"Pending\",\"target\":\"a:1\",\"source\":{\"http\":{\"url\":\"ftp://x/\"}}}",
                "{\"id\":\"x\",\"phase\":\"Pen",
            })
    void what_is_damaged_is_said_to_be(String json) {
        assertThatThrownBy(() -> ImportJobJson.parse(json.getBytes(UTF_8))).isInstanceOf(DamagedJobException.class);
    }

    private static ImportRequest parse(String json) throws JsonProcessingException {
        JsonNode tree = JSON.readTree(json);
        return ImportJobJson.parseRequest(tree);
    }
}
