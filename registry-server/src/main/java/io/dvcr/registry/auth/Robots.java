package io.dvcr.registry.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.dvcr.storage.RegistryError.Conflict;
import io.dvcr.storage.RegistryError.NotFound;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.content.StoreLayout;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The robots of a registry, in its store. Each is looked up again after a few seconds, so that one that is revoked on
 * any replica is soon revoked on all. Thread-safe.
 */
final class Robots {
    private static final int MAX_BYTES = 256 * 1024;
    private static final Duration REMEMBERED = Duration.ofSeconds(3);
    private static final int MAX_REMEMBERED = 10_000;

    private final ObjectStore store;
    private final Cache<String, Optional<Robot>> recent = Caffeine.newBuilder()
            .maximumSize(MAX_REMEMBERED)
            .expireAfterWrite(REMEMBERED)
            .build();

    Robots(ObjectStore store) {
        this.store = store;
    }

    Optional<Robot> find(String name) throws IOException {
        Optional<Robot> known = recent.getIfPresent(name);
        if (known != null) {
            return known;
        }
        Optional<Robot> found = read(name);
        recent.put(name, found);
        return found;
    }

    private Optional<Robot> read(String name) throws IOException {
        try (InputStream in = store.read(StoreLayout.robot(name), ByteRange.all(MAX_BYTES))) {
            return Optional.of(RobotJson.read(name, in.readAllBytes()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    List<Robot> list() throws IOException {
        List<Robot> robots = new ArrayList<>();
        ObjectPages.forEach(
                store,
                StoreLayout.ROBOTS,
                object -> read(object.key().lastComponent()).ifPresent(robots::add));
        return List.copyOf(robots);
    }

    /** @throws RegistryException with {@link Conflict} if there is one of that name */
    void add(Robot robot) throws IOException {
        if (!store.putIfAbsent(StoreLayout.robot(robot.name()), ByteBuffer.wrap(RobotJson.write(robot)))) {
            throw new RegistryException(new Conflict("robot " + robot.name() + " exists; revoke its token first"));
        }
        recent.invalidate(robot.name());
    }

    /** @throws RegistryException with {@link NotFound} if there is none of that name */
    void remove(String name) throws IOException {
        boolean removed = store.delete(StoreLayout.robot(name));
        recent.invalidate(name);
        if (!removed) {
            throw new RegistryException(new NotFound("robot " + name));
        }
    }
}
