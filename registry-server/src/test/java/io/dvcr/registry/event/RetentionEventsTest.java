package io.dvcr.registry.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.TestServer;
import io.dvcr.registry.TestServer.Setup;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryPattern;
import io.dvcr.storage.TagPattern;
import io.dvcr.storage.policy.RepositoryPolicies;
import io.dvcr.storage.policy.RetentionRule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an endpoint is told when retention goes through a repository. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class RetentionEventsTest {
    private static final RetentionRule NEWEST = new RetentionRule(
            RepositoryPattern.ALL, TagPattern.ALL, OptionalInt.of(1), Optional.empty(), List.of(), Optional.empty());

    @Test
    void what_is_removed_is_told_but_not_what_is_only_planned(@TempDir Path directory) throws Exception {
        try (WebhookReceiver receiver = WebhookReceiver.start();
                TestServer server = TestServer.start(
                        directory,
                        Setup.PLAIN
                                .with(WebhookTest.settings(WebhookTest.endpoint(receiver.url())))
                                .with(new RepositoryPolicies(List.of(), List.of(), List.of(NEWEST))))) {
            Digest old = server.pushManifest("a", "x", "one");
            server.makeOld(Duration.ofHours(2));
            server.pushManifest("a", "y", "two");
            receiver.types(2);

            server.send("POST", "/api/v1/retention?dryRun=true");
            server.send("POST", "/api/v1/retention");
            assertThat(receiver.types(2))
                    .containsExactly("io.dvcr.tag.deleted a:x", "io.dvcr.manifest.deleted a@" + old);
        }
    }
}
