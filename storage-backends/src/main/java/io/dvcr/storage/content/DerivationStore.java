package io.dvcr.storage.content;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.Derivation.Fault;
import io.dvcr.storage.content.Derivation.Phase;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the registry has made, or is to make, out of which manifest. No client can write here: a referrer that a client
 * pushes says what it likes about its subject, and is not taken for what the registry made. Goes with the manifest.
 * Thread-safe.
 */
public final class DerivationStore {
    private static final Logger LOG = LoggerFactory.getLogger(DerivationStore.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectStore store;

    DerivationStore(ObjectStore store) {
        this.store = store;
    }

    /** What is known of {@code manifest}; empty if nothing is made of it. */
    public Optional<Derivation> find(RepositoryName repository, Digest manifest) throws IOException {
        return read(StoreLayout.derivation(repository, manifest));
    }

    public void put(RepositoryName repository, Digest manifest, Derivation derivation) throws IOException {
        store.put(
                StoreLayout.derivation(repository, manifest),
                ByteBuffer.wrap(JSON.writeValueAsBytes(json(derivation))));
    }

    public void delete(RepositoryName repository, Digest manifest) throws IOException {
        store.delete(StoreLayout.derivation(repository, manifest));
    }

    /** Is shown one derivation after the other. */
    @FunctionalInterface
    public interface Visitor {
        void visit(RepositoryName repository, Digest manifest, Derivation derivation) throws IOException;
    }

    /**
     * Shows {@code visitor} those of every repository that are pending.
     *
     * @param seen the records that were found not to be; others are added, and need not be read again
     */
    public void forEachPending(Set<ObjectInfo> seen, Visitor visitor) throws IOException {
        ObjectPages.forEach(store, StoreLayout.DERIVATIONS, entry -> {
            Optional<Derivation> derivation = seen.contains(entry) ? Optional.empty() : read(entry.key());
            if (derivation.filter(one -> one.phase() == Phase.PENDING).isPresent()) {
                visitor.visit(StoreLayout.derivedIn(entry.key()), StoreLayout.digestOf(entry.key()), derivation.get());
            } else {
                seen.add(entry);
            }
        });
    }

    /** Shows {@code visitor} all of one repository. */
    void forEach(RepositoryName repository, Visitor visitor) throws IOException {
        ObjectPages.forEach(store, StoreLayout.derivations(repository), (ObjectInfo entry) -> {
            Optional<Derivation> derivation = read(entry.key());
            if (derivation.isPresent()) {
                visitor.visit(StoreLayout.derivedIn(entry.key()), StoreLayout.digestOf(entry.key()), derivation.get());
            }
        });
    }

    private Optional<Derivation> read(ObjectKey key) throws IOException {
        byte[] content;
        try (InputStream in = store.read(key, ByteRange.all(Integer.MAX_VALUE))) {
            content = in.readAllBytes();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        try {
            return Optional.of(parse(JSON.readTree(content)));
        } catch (IOException | RuntimeException e) { // pushing the manifest again makes a new one
            LOG.atError().addKeyValue("derivation", key).setCause(e).log("a record is damaged and passed over");
            return Optional.empty();
        }
    }

    private static ObjectNode json(Derivation derivation) {
        ObjectNode json = JSON.createObjectNode();
        json.put("phase", derivation.phase().name());
        json.put("begun", derivation.begun().toString());
        derivation.derived().ifPresent(digest -> json.put("derived", digest.toString()));
        derivation
                .fault()
                .ifPresent(fault ->
                        json.putObject("fault").put("code", fault.code()).put("message", fault.message()));
        return json;
    }

    private static Derivation parse(JsonNode json) {
        return new Derivation(
                Phase.valueOf(json.path("phase").asText()),
                Instant.parse(json.path("begun").asText()),
                json.has("derived")
                        ? Optional.of(Digest.parse(json.path("derived").asText()))
                        : Optional.empty(),
                json.has("fault") ? Optional.of(fault(json.path("fault"))) : Optional.empty());
    }

    private static Fault fault(JsonNode json) {
        return new Fault(json.path("code").asText(), json.path("message").asText());
    }
}
