package io.dvcr.registry.oci.spec;

import static io.dvcr.registry.TestServer.assertOciError;
import static io.dvcr.registry.TestServer.header;
import static io.dvcr.registry.TestServer.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.registry.RegistryTest;
import io.dvcr.storage.Digest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OCI distribution specification, section "Listing Tags". */
class ListingTagsTest extends RegistryTest {

    private void tag(String... tags) throws IOException {
        for (String tag : tags) {
            server.pushManifest(repository, tag, "one for all");
        }
    }

    private HttpResponse<byte[]> list(String query) throws IOException {
        return server.get("/v2/" + repository + "/tags/list" + query);
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(node -> texts.add(node.asText()));
        return texts;
    }

    private static List<String> tags(HttpResponse<byte[]> reply) throws IOException {
        assertThat(reply.statusCode()).isEqualTo(200);
        return texts(json(reply).path("tags"));
    }

    @Test
    void tags_come_in_lexical_order() throws IOException {
        tag("b", "a", "10", "9", "B", "_x", "a.1", "a-1");
        HttpResponse<byte[]> reply = list("");
        assertThat(json(reply).path("name").asText()).isEqualTo(repository);
        assertThat(tags(reply)).containsExactly("10", "9", "B", "_x", "a", "a-1", "a.1", "b");
        assertThat(header(reply, "Link")).isEqualTo("(none)");
        assertThat(header(reply, "Content-Type")).isEqualTo("application/json");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "?n=2 | a b | b",
                "?n=5 | a b c d e |",
                "?n=6 | a b c d e |",
                "?n=1000000 | a b c d e |",
                "?n=99999999999 | a b c d e |",
                "?n=2&last=b | c d | d",
                "?n=2&last=d | e |",
                "?n=3&last=b | c d e |",
                "?n=2&last=bb | c d | d",
                "?n=2&last=not-there | `` |",
                "?n=2&last=%2B | a b | b",
                "?last=c | d e |",
                "?last=z | `` |",
                "?n=0 | `` |",
                "?n=0&last=a | `` |",
                "?n=2&n=4 | a b | b",
                "?last=..%2F..%2F | a b c d e |",
                "?last=%00 | a b c d e |",
            })
    void a_page_has_n_tags_behind_the_last_and_a_link_to_the_next(String query, String expected, String last)
            throws IOException {
        tag("a", "b", "c", "d", "e");
        HttpResponse<byte[]> reply = list(query);
        assertThat(String.join(" ", tags(reply))).isEqualTo(expected);
        String n = query.replaceAll(".*?n=(\\d+).*", "$1");
        assertThat(header(reply, "Link"))
                .isEqualTo(
                        last == null
                                ? "(none)"
                                : "</v2/%s/tags/list?n=%s&last=%s>; rel=\"next\"".formatted(repository, n, last));
    }

    @Test
    void following_the_links_gives_every_tag_once() throws IOException {
        List<String> expected = new ArrayList<>();
        for (int i = 100; i < 125; i++) {
            tag("v" + i);
            expected.add("v" + i);
        }
        List<String> found = new ArrayList<>();
        String path = "/v2/" + repository + "/tags/list?n=7";
        while (!path.isEmpty()) {
            HttpResponse<byte[]> reply = server.get(path);
            found.addAll(tags(reply));
            String link = header(reply, "Link");
            path = link.equals("(none)") ? "" : link.substring(1, link.indexOf('>'));
        }
        assertThat(found).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"?n=-1", "?n=x", "?n=", "?n=1.5", "?n=9999999999999999999"})
    void a_page_size_that_is_no_number_is_refused(String query) throws IOException {
        tag("a");
        assertOciError(list(query), 400, "UNSUPPORTED");
    }

    @Test
    void a_repository_that_is_not_there_is_unknown() throws IOException {
        assertOciError(list(""), 404, "NAME_UNKNOWN");
    }

    @Test
    void a_repository_without_tags_has_an_empty_list() throws IOException {
        String json = "{\"schemaVersion\":2,\"manifests\":[]}";
        server.putIndex(repository, Digest.sha256(json.getBytes(UTF_8)), json);
        assertThat(tags(list(""))).isEmpty();
    }

    @Test
    void the_head_of_a_list_has_its_length() throws IOException {
        tag("a");
        HttpResponse<byte[]> head = server.send("HEAD", "/v2/" + repository + "/tags/list");
        assertThat(header(head, "Content-Length")).isEqualTo("" + list("").body().length);
        assertThat(head.body()).isEmpty();
    }
}
