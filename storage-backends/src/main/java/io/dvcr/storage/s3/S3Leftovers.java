package io.dvcr.storage.s3;

import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectReader.StillWanted;
import io.dvcr.storage.s3.GrowthLog.Found;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What writers that were killed, or overtaken, leave in a bucket: multipart uploads that nobody completes, records of
 * objects that ended or that nobody wants, segments without a record. Only what is older than any writer is touched.
 */
final class S3Leftovers {
    private final Bucket bucket;
    private final String prefix;
    private final Instant before;
    private final StillWanted wanted;
    private final boolean dryRun;
    private int found;

    /** @param dryRun to remove nothing */
    S3Leftovers(Bucket bucket, String prefix, Instant before, StillWanted wanted, boolean dryRun) {
        this.bucket = bucket;
        this.prefix = prefix;
        this.before = before;
        this.wanted = wanted;
        this.dryRun = dryRun;
    }

    /** Returns how many there were: uploads, and objects that had begun to grow. */
    int remove() throws IOException {
        removeGrowing();
        removeUploads();
        removeTrials();
        return found;
    }

    private interface Removal {
        void run() throws IOException;
    }

    private void leftover(Removal removal) throws IOException {
        if (!dryRun) {
            removal.run();
        }
        found++;
    }

    private void removeGrowing() throws IOException {
        for (Map.Entry<ObjectKey, Instant> grown : lastTouched().entrySet()) {
            if (grown.getValue().isBefore(before)) {
                removeGrown(grown.getKey());
            }
        }
    }

    /** Of everything that grows. */
    private Map<ObjectKey, Instant> lastTouched() throws IOException {
        String root = prefix + GrowthLog.GROWING;
        Map<ObjectKey, Instant> touched = new TreeMap<>();
        for (StoredObject object : bucket.list(root, "", Integer.MAX_VALUE)) {
            ObjectKey key = grownKey(object.key());
            touched.merge(key, object.modified(), (one, other) -> one.isAfter(other) ? one : other);
        }
        return touched;
    }

    private ObjectKey grownKey(String path) {
        int start = prefix.length() + GrowthLog.GROWING.length();
        return new ObjectKey(path.substring(start, path.lastIndexOf('/')));
    }

    private void removeGrown(ObjectKey key) throws IOException {
        GrowthLog log = GrowthLog.of(bucket, prefix, key);
        Optional<Found> grown = log.find();
        boolean kept = grown.isPresent() && !grown.get().last().ended() && wanted.isWanted(key);
        if (!kept) {
            leftover(() -> removeAll(log, grown));
        }
    }

    private void removeAll(GrowthLog log, Optional<Found> grown) throws IOException {
        if (grown.isPresent()) {
            log.remove(grown.get(), Optional.empty());
        } else {
            for (StoredObject segment : bucket.list(log.root(), "", Integer.MAX_VALUE)) {
                bucket.delete(segment.key());
            }
        }
    }

    private void removeUploads() throws IOException {
        for (StartedUpload upload : bucket.uploads(prefix)) {
            if (upload.started().isBefore(before) && !isCounted(upload)) {
                leftover(() -> bucket.multipart(upload.key()).abort(upload.id()));
            }
        }
    }

    /** Whether the record of an object that grows says that it is part of it. */
    private boolean isCounted(StartedUpload upload) throws IOException {
        if (!upload.key().startsWith(prefix + GrowthLog.GROWING)) {
            return false;
        }
        return GrowthLog.of(bucket, prefix, grownKey(upload.key()))
                .find()
                .filter(grown -> grown.last().upload().equals(Optional.of(upload.id())))
                .isPresent();
    }

    private void removeTrials() throws IOException {
        List<StoredObject> trials = bucket.list(prefix + S3Trial.TRIALS, "", Integer.MAX_VALUE);
        for (StoredObject trial : trials) {
            if (trial.modified().isBefore(before) && !dryRun) {
                bucket.delete(trial.key());
            }
        }
    }
}
