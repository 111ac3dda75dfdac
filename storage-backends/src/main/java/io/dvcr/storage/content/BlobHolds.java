package io.dvcr.storage.content;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.dvcr.storage.Digest;
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * Blobs that a job will name, however long that takes and however often the server is restarted: garbage collection
 * takes them for named until the job lets go of them. Thread-safe.
 */
public final class BlobHolds {
    private final ObjectStore store;

    BlobHolds(ObjectStore store) {
        this.store = store;
    }

    /** Holds {@code digests} for {@code job}, and nothing else that was held for it. */
    public void hold(UUID job, Collection<Digest> digests) throws IOException {
        store.put(StoreLayout.held(job), ByteBuffer.wrap(names(digests)));
    }

    /** The digests as garbage collection reads them. */
    static byte[] names(Collection<Digest> digests) {
        ArrayNode names = JsonNodeFactory.instance.arrayNode();
        digests.forEach(digest -> names.add(digest.toString()));
        return names.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Lets go of what is held for {@code job}, if anything is. */
    public void release(UUID job) throws IOException {
        store.delete(StoreLayout.held(job));
    }

    /** The jobs that something is held for. */
    public List<UUID> jobs() throws IOException {
        List<UUID> jobs = new ArrayList<>();
        ObjectPages.forEach(
                store,
                StoreLayout.HELD,
                held -> jobs.add(UUID.fromString(held.key().lastComponent())));
        return List.copyOf(jobs);
    }
}
