package io.dvcr.storage.lease;

import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Judges who is dead: a session whose sign of life has not changed for a term of this server's own clock, while this
 * server was watching. No two clocks are ever compared. Thread-safe.
 */
final class Witness {
    private static final int MAX_BEAT_BYTES = 64;

    /** Terms after which the sign of life of one that is dead is removed. */
    private static final int TERMS_REMEMBERED = 10;

    private final ObjectStore store;
    private final LeaseKeys keys;
    private final LeaseSettings settings;
    private final LongSupplier nanoTime;
    private final Map<String, Sign> signs = new HashMap<>();

    /** What a session said last, and since when it says the same. */
    private record Sign(String said, long sinceNanos) {}

    Witness(ObjectStore store, LeaseKeys keys, LeaseSettings settings, LongSupplier nanoTime) {
        this.store = store;
        this.keys = keys;
        this.settings = settings;
        this.nanoTime = nanoTime;
    }

    /** Looks what every session says now. */
    void look() throws IOException {
        Set<String> there = new HashSet<>();
        ObjectPages.forEach(
                store, keys.sessions(), object -> there.add(object.key().lastComponent()));
        for (String session : there) {
            if (!hear(session) && isLongDead(session)) {
                store.delete(keys.session(session));
            }
        }
        synchronized (signs) {
            signs.keySet().retainAll(there);
        }
    }

    /** Whether {@code session} has ended, or has died and everybody may know. */
    boolean isGone(String session) throws IOException {
        return !hear(session);
    }

    private boolean isLongDead(String session) {
        synchronized (signs) {
            Sign sign = signs.get(session);
            return sign != null
                    && nanoTime.getAsLong() - sign.sinceNanos()
                            > TERMS_REMEMBERED * settings.term().toNanos();
        }
    }

    /** Returns whether the session has shown within a term that it lives. */
    private boolean hear(String session) throws IOException {
        Optional<String> said = read(session);
        synchronized (signs) {
            if (said.isEmpty()) {
                signs.remove(session);
                return false;
            }
            Sign before = signs.get(session);
            if (before == null || !before.said().equals(said.get())) {
                signs.put(session, new Sign(said.get(), nanoTime.getAsLong()));
                return true;
            }
            return nanoTime.getAsLong() - before.sinceNanos() < settings.term().toNanos();
        }
    }

    private Optional<String> read(String session) throws IOException {
        try (InputStream in = store.read(keys.session(session), ByteRange.all(MAX_BEAT_BYTES))) {
            return Optional.of(new String(in.readAllBytes(), StandardCharsets.US_ASCII));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
