package io.dvcr.importers.mirror;

import io.dvcr.importers.registry.RegistrySettings;
import io.dvcr.importers.registry.UpstreamRegistry;
import io.dvcr.importers.source.SourceAccess;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All mirrored registries. Thread-safe. */
public final class Mirrors implements AutoCloseable {
    private final List<Mirror> mirrors = new ArrayList<>();
    private Optional<CacheKeeper> keeper = Optional.empty();
    private Optional<ObjectStore> store = Optional.empty();
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    private Mirrors() {}

    /** Of a server that mirrors nothing. */
    public static Mirrors none() {
        return new Mirrors();
    }

    /**
     * @param stall how long the next bytes of an answer may take
     * @throws IOException if a secret cannot be used
     */
    public static Mirrors start(
            ObjectStore store,
            MirrorSettings settings,
            RegistrySettings registries,
            SourceAccess access,
            Duration stall,
            Clock clock)
            throws IOException {
        Mirrors started = new Mirrors();
        MirrorRecords records = new MirrorRecords(store);
        ContentCache content = new ContentCache(store, clock);
        try {
            for (MirroredRegistry registry : settings.registries()) {
                UpstreamRegistry upstream = UpstreamRegistry.open(
                        registry.host(), registries, access, stall, registry.secret(), registry.prefix());
                started.parts.push(upstream);
                started.mirrors.add(new Mirror(registry, upstream, content, records, clock));
            }
            started.parts.push(content);
            CacheKeeper keeper = CacheKeeper.start(store, settings, records, content, clock);
            started.parts.push(keeper);
            started.keeper = Optional.of(keeper);
            started.store = Optional.of(store);
            return started;
        } catch (IOException | RuntimeException e) {
            started.close();
            throw e;
        }
    }

    /** In the order in which they are configured. */
    public List<Mirror> all() {
        return List.copyOf(mirrors);
    }

    /** How much is kept; empty of a server that mirrors nothing. */
    public Optional<CacheReport> kept() {
        return keeper.map(CacheKeeper::report);
    }

    /** How much is kept of each, by its prefix; none of those of which nothing is. It takes looking at all of it. */
    public Map<RepositoryName, KeptOfMirror> keptByPrefix() throws IOException {
        return store.isPresent() ? KeptContent.byMirror(store.get()) : Map.of();
    }

    /** The one that {@code repository} is of. */
    public Optional<Mirror> find(RepositoryName repository) {
        return mirrors.stream()
                .filter(mirror -> mirror.registry().remoteName(repository).isPresent())
                .findFirst();
    }

    /** What the repository {@code name} of registry {@code host} is called here; empty if that is not mirrored. */
    public Optional<RepositoryName> localName(String host, RepositoryName name) {
        return mirrors.stream()
                .filter(mirror -> mirror.registry().host().equals(host))
                .map(mirror -> RepositoryName.parse(mirror.registry().prefix() + "/" + name))
                .findFirst();
    }

    @Override
    public void close() throws IOException {
        IOException failure = new IOException("a mirror did not stop cleanly");
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                failure.addSuppressed(e);
            }
        }
        if (failure.getSuppressed().length > 0) {
            throw failure;
        }
    }
}
