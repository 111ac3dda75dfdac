package io.dvcr.virt.resource;

import io.dvcr.storage.RegistryError.Conflict;
import io.dvcr.storage.RegistryError.NotFound;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Where resources are kept: files on a single host, the API server in a cluster. What a call changed is durable when it
 * returns. Implementations are thread-safe.
 */
public interface Resources {

    <S extends Record, T extends Record> Optional<Resource<S, T>> find(ResourceType<S, T> type, Key key)
            throws IOException;

    /** All of a kind, by key. */
    <S extends Record, T extends Record> List<Resource<S, T>> list(ResourceType<S, T> type) throws IOException;

    /**
     * Keeps a resource that is new. Its uid, version, generation, time and status are given here.
     *
     * @throws RegistryException with {@link Conflict} if there is one of that key
     */
    <S extends Record, T extends Record> Resource<S, T> create(Resource<S, T> resource) throws IOException;

    /**
     * Changes the metadata and the spec of a resource; its status stays. One that is being deleted is gone when its last
     * finalizer is taken.
     *
     * @param resource with the version that was changed; without one, whatever there is is changed
     * @throws RegistryException with {@link Conflict} if it has changed meanwhile, with {@link NotFound} if it is gone
     */
    <S extends Record, T extends Record> Resource<S, T> update(Resource<S, T> resource) throws IOException;

    /**
     * Changes the status of a resource; all else stays.
     *
     * @throws RegistryException as {@link #update} does
     */
    <S extends Record, T extends Record> Resource<S, T> updateStatus(Resource<S, T> resource) throws IOException;

    /**
     * Asks for a resource to be gone. It is at once if it has no finalizer; else it is terminating until the last of them
     * is taken. Asking again changes nothing.
     *
     * @param uid of the very resource that is meant; empty for whatever has the key
     * @throws RegistryException with {@link NotFound} if there is none, with {@link Conflict} if it has another uid
     */
    void delete(ResourceType<?, ?> type, Key key, Optional<String> uid) throws IOException;

    /**
     * Tells {@code watcher} of every change from now on, in the order of the changes, soon after they are durable.
     *
     * @param watcher called by one thread at a time; is not to wait
     */
    Closeable watch(Consumer<Change> watcher);

    /** Notes what happened to a resource, for whoever asks what becomes of it. Never fails; is forgotten after a while. */
    void note(Resource<?, ?> resource, Event event);

    /** What was noted of a resource, the oldest first. */
    List<Event> events(ResourceType<?, ?> type, Key key);

    /** A change of one resource. */
    record Change(Kind kind, Resource<?, ?> resource) {
        public enum Kind {
            ADDED,
            MODIFIED,
            /** {@code resource} is as it was last. */
            DELETED
        }
    }

    /**
     * What happened.
     *
     * @param warning whether somebody should do something
     * @param reason one word in CamelCase
     * @param message for people
     * @param count how often, in a row
     */
    record Event(boolean warning, String reason, String message, int count, Instant first, Instant last) {
        public static Event normal(String reason, String message, Instant now) {
            return new Event(false, reason, message, 1, now, now);
        }

        public static Event warning(String reason, String message, Instant now) {
            return new Event(true, reason, message, 1, now, now);
        }
    }

    /** @throws RegistryException with {@link NotFound} if there is none */
    default <S extends Record, T extends Record> Resource<S, T> get(ResourceType<S, T> type, Key key)
            throws IOException {
        return find(type, key).orElseThrow(() -> new RegistryException(new NotFound(type.kind() + " " + key)));
    }

    /** Why a change of a spec is not allowed, such as one of an image that is ready. */
    interface Admission {
        /** @throws RegistryException with {@link RequestInvalid} or {@link Conflict}, which says why */
        void update(Resource<?, ?> before, Resource<?, ?> after);
    }
}
