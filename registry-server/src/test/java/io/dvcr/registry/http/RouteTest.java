package io.dvcr.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RouteTest {

    @ParameterizedTest
    @CsvSource({
        "/healthz, /healthz",
        "/v2/?, /v2",
        "/v2/(?<name>.+)/blobs/uploads/(?<upload>[^/]+), /v2/{name}/blobs/uploads/{upload}",
        "/v2/(?<name>.+)/blobs/uploads/?, /v2/{name}/blobs/uploads",
        "/(?<first>(?:a|b(c))+)/(?<second>.*)/d, /{first}/{second}/d",
    })
    void a_route_is_called_by_its_path_with_the_names_of_the_parameters(String path, String template) {
        assertThat(Route.of(Method.GET, path, Access.open(), _ -> Reply.of(200)).template())
                .isEqualTo(template);
    }
}
