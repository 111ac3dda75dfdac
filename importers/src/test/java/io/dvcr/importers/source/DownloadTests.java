package io.dvcr.importers.source;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.importers.source.WebServer.Behaviour;
import io.dvcr.storage.RepositoryName;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;

/** What tests of downloads share: a downloader that is quick to despair, and a server to let it down. */
@DisplayNameGeneration(ReplaceUnderscores.class)
abstract class DownloadTests {
    static final Backoff QUICK = new Backoff(4, Duration.ofMillis(1), Duration.ofMillis(4));
    static final Duration STALL = Duration.ofMillis(300);
    static final DownloadPatience PATIENCE = new DownloadPatience(STALL, 1024, QUICK, Duration.ofMillis(1));
    static final byte[] CONTENT = content(1);
    static final byte[] OTHER = content(2);

    static final RepositoryName TARGET = RepositoryName.parse("vms/debian");

    HttpDownloader downloader;
    WebServer server;

    @BeforeEach
    void open() throws IOException {
        downloader = new HttpDownloader(new AddressPolicy(true), PATIENCE);
        server = WebServer.serving(CONTENT);
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        downloader.close();
    }

    private static byte[] content(int seed) {
        byte[] content = new byte[1_000_000];
        new Random(seed).nextBytes(content);
        return content;
    }

    final void serverThat(Behaviour behaviour) throws IOException {
        server.close();
        server = WebServer.start(behaviour);
    }

    /** The first request is answered by {@code first}, later ones by {@code later}. */
    final void serverThatFirst(Behaviour first, Behaviour later) throws IOException {
        serverThat(exchange -> (server.requests().size() == 1 ? first : later).answer(exchange));
    }

    final byte[] download() throws IOException {
        return download(server.url("/disk.img"));
    }

    final byte[] download(URI url) throws IOException {
        try (HttpDownload download = downloader.download(new HttpSource(url, Optional.empty()), TARGET)) {
            return download.readAllBytes();
        }
    }

    static void assertFails(ThrowingCallable action, Class<? extends SourceError> error, String message) {
        assertThatThrownBy(action)
                .isInstanceOf(SourceException.class)
                .hasMessageContaining(message)
                .extracting(e -> ((SourceException) e).error())
                .isInstanceOf(error);
    }
}
