package io.dvcr.registry.mirror;

import static io.dvcr.registry.TestServer.assertOciError;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.access.Caller;
import io.dvcr.registry.access.Permission;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RegistryError.Denied;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may not pull here has nothing asked there. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class MirrorAccessTest {

    /** May do everything, but only in one repository. */
    private record Limited(RepositoryName allowed) implements Caller {
        @Override
        public Optional<String> name() {
            return Optional.of("limited");
        }

        @Override
        public boolean may(Permission permission) {
            return permission instanceof Permission.OnRepository(RepositoryName repository, var _)
                    && repository.equals(allowed);
        }

        @Override
        public void require(List<Permission> permissions) {
            if (!permissions.stream().allMatch(this::may)) {
                throw new RegistryException(new Denied("not yours"));
            }
        }

        @Override
        public boolean sees(RepositoryName repository) {
            return repository.equals(allowed);
        }
    }

    @Test
    void access_is_judged_by_the_name_here_before_anything_is_asked_there(@TempDir Path directory) throws IOException {
        byte[] layer = MirrorBench.bytes(1000, 1);
        try (MirrorBench bench = new MirrorBench(directory, Duration.ZERO)) {
            Digest image = bench.pushImage("1", layer);
            String ns = "?ns=" + bench.proxy().host();
            bench.edge().guard(_ -> new Limited(new RepositoryName("hub/team/other")), List.of());
            assertOciError(bench.edge().get(MirrorBench.manifest("1")), 403, "DENIED");
            assertOciError(bench.edge().get(MirrorBench.blob(Digest.sha256(layer))), 403, "DENIED");
            assertOciError(bench.edge().get("/v2/team/app/manifests/1" + ns), 403, "DENIED");
            assertThat(bench.edge().get("/api/v1/images/hub/team/app/1").statusCode())
                    .isEqualTo(403);
            assertThat(bench.proxy().count("")).isZero();

            bench.edge().guard(_ -> new Limited(new RepositoryName("hub/team/app")), List.of());
            assertThat(bench.edge().get(MirrorBench.blob(Digest.sha256(layer))).body())
                    .isEqualTo(layer);
            assertThat(bench.edge().get("/v2/team/app/manifests/" + image + ns).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void what_one_repository_has_is_not_shown_through_another_that_has_it_not(@TempDir Path directory)
            throws IOException {
        byte[] layer = MirrorBench.bytes(1000, 1);
        try (MirrorBench bench = new MirrorBench(directory, Duration.ofHours(1))) {
            bench.pushImage("1", layer);
            assertThat(bench.edge().get(MirrorBench.blob(Digest.sha256(layer))).body())
                    .isEqualTo(layer);
            assertOciError(bench.edge().get("/v2/hub/team/other/blobs/" + Digest.sha256(layer)), 404, "BLOB_UNKNOWN");
        }
    }
}
