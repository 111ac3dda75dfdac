package io.dvcr.registry.oci.spec;

import static io.dvcr.registry.TestServer.assertOciError;
import static io.dvcr.registry.TestServer.header;
import static io.dvcr.registry.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.RegistryTest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The catalogue of the Docker registry API, which the OCI distribution specification does not have. */
class ListingRepositoriesTest extends RegistryTest {
    private static final List<String> NAMES =
            List.of("catalogue/a", "catalogue/a/c", "catalogue/b", "catalogue-x", "catalogue.y", "catalogue1");

    @BeforeEach
    void pushRepositories() throws IOException {
        for (String name : NAMES) {
            server.pushManifest(name, "latest", "x");
        }
    }

    private List<String> repositories(HttpResponse<byte[]> reply) throws IOException {
        assertThat(reply.statusCode()).isEqualTo(200);
        List<String> names = new ArrayList<>();
        json(reply).path("repositories").forEach(name -> names.add(name.asText()));
        return names;
    }

    @Test
    void repositories_with_a_manifest_are_listed() throws IOException {
        server.pushBlob("catalogue/without-manifest", bytes(10));
        HttpResponse<byte[]> reply = server.get("/v2/_catalog");
        assertThat(repositories(reply)).containsExactlyInAnyOrderElementsOf(NAMES);
        assertThat(header(reply, "Link")).isEqualTo("(none)");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 5, 100})
    void following_the_links_gives_every_repository_once(int n) throws IOException {
        List<String> found = new ArrayList<>();
        String path = "/v2/_catalog?n=" + n;
        while (!path.isEmpty()) {
            HttpResponse<byte[]> reply = server.get(path);
            List<String> page = repositories(reply);
            assertThat(page).hasSizeBetween(1, n);
            found.addAll(page);
            String link = header(reply, "Link");
            path = link.equals("(none)") ? "" : link.substring(1, link.indexOf('>'));
        }
        assertThat(found).containsExactlyInAnyOrderElementsOf(NAMES);
    }

    @Test
    void a_page_of_none_is_empty_and_leads_nowhere() throws IOException {
        HttpResponse<byte[]> reply = server.get("/v2/_catalog?n=0");
        assertThat(repositories(reply)).isEmpty();
        assertThat(header(reply, "Link")).isEqualTo("(none)");
    }

    @Test
    void a_page_begins_behind_a_name_that_need_not_be_there() throws IOException {
        assertThat(repositories(server.get("/v2/_catalog?n=100&last=catalogue%2Faa")))
                .contains("catalogue/b")
                .doesNotContain("catalogue/a", "catalogue/a/c");
        assertThat(repositories(server.get("/v2/_catalog?last=zzz"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"?n=-1", "?n=x", "?n="})
    void a_page_size_that_is_no_number_is_refused(String query) throws IOException {
        assertOciError(server.get("/v2/_catalog" + query), 400, "UNSUPPORTED");
    }
}
