package io.dvcr.importers.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dvcr.storage.content.StoreLayout;
import io.dvcr.storage.lease.Fence;
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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Import jobs as they are stored, one object each. Thread-safe. */
final class ImportRecords {
    private static final Logger LOG = LoggerFactory.getLogger(ImportRecords.class);
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final ObjectStore store;

    ImportRecords(ObjectStore store) {
        this.store = store;
    }

    /** The job is durable when this returns. */
    void save(ImportJob job) throws IOException {
        save(job, Fence.none(store));
    }

    /** The same, if {@code fence} lets it through. */
    void save(ImportJob job, Fence fence) throws IOException {
        byte[] json = ImportJobJson.toJson(job).toString().getBytes(UTF_8);
        fence.put(StoreLayout.importJob(job.id()), ByteBuffer.wrap(json));
    }

    /** @param id as a client gave it */
    Optional<ImportJob> find(String id) throws IOException {
        return ID.matcher(id).matches() ? load(StoreLayout.importJob(id)) : Optional.empty();
    }

    /** The same; empty also if it is damaged. */
    Optional<ImportJob> findUndamaged(String id) throws IOException {
        return ID.matcher(id).matches() ? loadUndamaged(StoreLayout.importJob(id)) : Optional.empty();
    }

    /** All jobs that can be read. */
    List<ImportJob> all() throws IOException {
        List<ImportJob> jobs = new ArrayList<>();
        ObjectPages.forEach(
                store,
                StoreLayout.IMPORTS,
                object -> loadUndamaged(object.key()).ifPresent(jobs::add));
        return jobs;
    }

    /**
     * Forgets jobs that have ended: those that did so before {@code before}, and the first of more than {@code atMost}.
     *
     * @return how many
     */
    int removeEnded(Instant before, int atMost) throws IOException {
        List<ObjectInfo> ended = new ArrayList<>();
        ObjectPages.forEach(
                store,
                StoreLayout.IMPORTS,
                object -> loadUndamaged(object.key())
                        .filter(job -> job.phase().ended())
                        .ifPresent(_ -> ended.add(object)));
        ended.sort(Comparator.comparing(ObjectInfo::modified).reversed()); // when its end was stored
        int removed = 0;
        for (int i = 0; i < ended.size(); i++) {
            if (i >= atMost || ended.get(i).modified().isBefore(before)) {
                store.delete(ended.get(i).key());
                removed++;
            }
        }
        return removed;
    }

    private Optional<ImportJob> load(ObjectKey key) throws IOException {
        try (InputStream in = store.read(key, ByteRange.all(Integer.MAX_VALUE))) {
            return Optional.of(ImportJobJson.parse(in.readAllBytes()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** One damaged job must not keep the others from being listed, or the server from starting. */
    private Optional<ImportJob> loadUndamaged(ObjectKey key) throws IOException {
        try {
            return load(key);
        } catch (DamagedJobException e) {
            LOG.atError().addKeyValue("job", key).setCause(e).log("an import job is damaged and passed over");
            return Optional.empty();
        }
    }
}
