package io.dvcr.registry.oci.spec;

import static io.dvcr.registry.TestServer.header;
import static io.dvcr.registry.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.RegistryTest;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Digest.Algorithm;
import io.dvcr.storage.content.Manifest;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** OCI distribution specification, section "Pushing Manifests with Subject". */
class PushingManifestsWithSubjectTest extends RegistryTest {

    private HttpResponse<byte[]> refer(Digest subject) throws IOException {
        return server.putIndex(repository, "referrer", """
                {"schemaVersion":2,"manifests":[],"artifactType":"a/b",
                 "subject":{"mediaType":"%s","digest":"%s","size":5}}""".formatted(Manifest.OCI_MANIFEST, subject));
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void a_subject_is_acknowledged_although_it_is_not_there(Algorithm algorithm) throws IOException {
        Digest subject = Uploads.digest(algorithm, bytes(5));
        HttpResponse<byte[]> reply = refer(subject);
        assertThat(reply.statusCode()).isEqualTo(201);
        assertThat(header(reply, "OCI-Subject")).isEqualTo(subject.toString());
        assertThat(text(server.get("/v2/" + repository + "/referrers/" + subject)))
                .contains(header(reply, "Docker-Content-Digest"));
    }

    @Test
    void a_subject_that_is_there_is_acknowledged() throws IOException {
        Digest subject = server.pushManifest(repository, "subject", "x");
        assertThat(header(refer(subject), "OCI-Subject")).isEqualTo(subject.toString());
    }

    @Test
    void without_a_subject_none_is_acknowledged() throws IOException {
        assertThat(header(server.putIndex(repository, "v1", "{\"schemaVersion\":2,\"manifests\":[]}"), "OCI-Subject"))
                .isEqualTo("(none)");
    }
}
