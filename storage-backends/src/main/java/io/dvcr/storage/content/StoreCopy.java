package io.dvcr.storage.content;

import io.dvcr.storage.Digest;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.object.ObjectStore;
import io.dvcr.storage.object.ObjectStore.Appender;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Copies all that a registry keeps from one object store to another, whatever they are. Neither may be served meanwhile.
 * Bytes come before what names them, and what is there in the same size is not copied again: a copy that was cut off goes
 * on. Blobs are hashed on their way, and those that are not what their digest says stay behind. Pushes that are not
 * finished are not copied, nor is what is mirrored; images that clients are sending are. Not thread-safe.
 */
public final class StoreCopy {
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int SMALL_BYTES = 1 << 20;

    /** In this order. */
    private static final List<String> COPIED = List.of(
            StoreLayout.BLOBS,
            StoreLayout.BLOBS_ASIDE,
            StoreLayout.COMPOSITES,
            StoreLayout.COMPOSITES_ASIDE,
            StoreLayout.QUARANTINE,
            StoreLayout.REPOSITORIES,
            StoreLayout.CATALOG,
            StoreLayout.DERIVATIONS,
            StoreLayout.ACCESS,
            StoreLayout.EVENTS,
            StoreLayout.SCRUBS,
            StoreLayout.INCOMING,
            StoreLayout.IMPORTS);

    private final ObjectStore from;
    private final ObjectStore to;
    private final List<ObjectKey> damaged = new ArrayList<>();
    private long copied;
    private long copiedBytes;
    private long there;

    public StoreCopy(ObjectStore from, ObjectStore to) {
        this.from = from;
        this.to = to;
    }

    /**
     * What a copy did.
     *
     * @param there how many objects were there before, of the same size
     * @param damaged what was not copied, because it is not what its digest says
     */
    public record Report(long copied, long copiedBytes, long there, List<String> damaged) {
        public Report {
            damaged = List.copyOf(damaged);
        }
    }

    /** Copies what is missing. */
    public Report run() throws IOException {
        for (String prefix : COPIED) {
            ObjectPages.forEach(from, prefix, this::copy);
        }
        return new Report(
                copied,
                copiedBytes,
                there,
                damaged.stream().map(ObjectKey::value).toList());
    }

    private void copy(ObjectInfo object) throws IOException {
        if (StoreLayout.mayGrow(object.key())) {
            return; // comes with its record
        }
        copyWhole(object);
        if (object.key().value().startsWith(StoreLayout.INCOMING)) {
            ObjectKey data = StoreLayout.incomingData(StoreLayout.uploadOf(object.key()));
            Optional<ObjectInfo> sent = from.head(data);
            if (sent.isPresent()) {
                copyGrowing(sent.get());
            }
        }
    }

    private void copyWhole(ObjectInfo object) throws IOException {
        boolean isThere = to.head(object.key())
                .filter(known -> known.size() == object.size() && isNamedByDigest(object.key()))
                .isPresent();
        if (isThere) {
            there++;
        } else if (object.size() <= SMALL_BYTES) {
            copySmall(object);
        } else {
            copyLarge(object);
        }
    }

    private static boolean isNamedByDigest(ObjectKey key) {
        return key.value().startsWith(StoreLayout.BLOBS) || key.value().startsWith(StoreLayout.BLOBS_ASIDE);
    }

    private void copySmall(ObjectInfo object) throws IOException {
        byte[] content;
        try (InputStream in = from.read(object.key(), ByteRange.all(SMALL_BYTES))) {
            content = in.readAllBytes();
        }
        if (isNamedByDigest(object.key()) && !StoreLayout.digestOf(object.key()).isOf(content)) {
            damaged.add(object.key());
            return;
        }
        to.put(object.key(), ByteBuffer.wrap(content));
        count(content.length);
    }

    private void copyLarge(ObjectInfo object) throws IOException {
        ObjectKey data = StoreLayout.uploadData(UploadId.random());
        boolean sound = append(object, data);
        if (sound) {
            to.move(data, object.key());
            count(object.size());
        } else {
            damaged.add(object.key());
            to.delete(data);
        }
    }

    private void copyGrowing(ObjectInfo object) throws IOException {
        to.delete(object.key());
        boolean _ = append(object, object.key());
        count(object.size());
    }

    /** Returns whether the bytes are what the name of the object says. */
    private boolean append(ObjectInfo object, ObjectKey target) throws IOException {
        Optional<Digest> expected =
                isNamedByDigest(object.key()) ? Optional.of(StoreLayout.digestOf(object.key())) : Optional.empty();
        RunningHash hash = new RunningHash(expected.map(Digest::algorithm).orElse(Digest.Algorithm.SHA256));
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = from.read(object.key(), ByteRange.all(object.size()));
                Appender appender = to.append(target)) {
            int read;
            while ((read = in.readNBytes(buffer, 0, buffer.length)) > 0) {
                appender.append(ByteBuffer.wrap(buffer, 0, read));
                hash.update(buffer, read);
            }
            appender.flush();
        }
        return expected.isEmpty() || expected.get().equals(hash.digest());
    }

    private void count(long bytes) {
        copied++;
        copiedBytes += bytes;
    }
}
