package io.dvcr.storage.content;

import io.dvcr.storage.Digest;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;

/**
 * Blobs for whoever only looks: what garbage collection has set aside is read where it lies and stays there. Thread-safe.
 */
final class RestingBlobs {
    private final ObjectReader store;
    private final ManifestNeeds.Presence listed;

    /** @param listed what is known to be there, so that nobody need ask the store */
    RestingBlobs(ObjectReader store, ManifestNeeds.Presence listed) {
        this.store = store;
        this.listed = listed;
    }

    private interface Action<T> {
        T perform(ObjectKey place) throws IOException;
    }

    /** A blob may come back from where it was set aside while it is looked for there. */
    private static <T> T wherever(ObjectKey home, ObjectKey aside, Action<T> action) throws IOException {
        for (ObjectKey place : List.of(home, aside)) {
            try {
                return action.perform(place);
            } catch (NoSuchFileException e) {
                // perhaps in the next
            }
        }
        return action.perform(home);
    }

    /** Whether the blob is there whole. */
    boolean has(Digest digest) throws IOException {
        return hasStored(digest) || isWholeComposite(digest);
    }

    /** Whether the bytes of the blob are stored, rather than made of those of others. */
    boolean hasStored(Digest digest) throws IOException {
        return listed.has(digest) || isThere(StoreLayout.blob(digest), StoreLayout.blobAside(digest));
    }

    boolean isThere(ObjectKey home, ObjectKey aside) throws IOException {
        return store.head(home).isPresent()
                || store.head(aside).isPresent()
                || store.head(home).isPresent();
    }

    private boolean isWholeComposite(Digest digest) throws IOException {
        Optional<Composite> composite = composite(digest);
        return composite.isPresent() && missingOf(composite.get()).isEmpty();
    }

    /** Of what the composite is made that is not there. */
    Optional<Digest> missingOf(Composite composite) throws IOException {
        for (Digest source : composite.sources()) {
            if (!hasStored(source)) {
                return Optional.of(source);
            }
        }
        return Optional.empty();
    }

    /** Empty if there is no record of one, or it is damaged. */
    Optional<Composite> composite(Digest digest) throws IOException {
        try {
            return wherever(StoreLayout.composite(digest), StoreLayout.compositeAside(digest), place -> {
                try (InputStream in = store.read(place, ByteRange.all(CompositeRecord.MAX_BYTES))) {
                    return CompositeRecord.read(in);
                }
            });
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** @throws NoSuchFileException if it is not there, or something is not that it is made of */
    InputStream open(Digest digest, ByteRange range) throws IOException {
        try {
            return openStored(digest, range);
        } catch (NoSuchFileException e) {
            return new CompositeStream(composite(digest).orElseThrow(() -> e), range, this::openStored);
        }
    }

    InputStream openStored(Digest digest, ByteRange range) throws IOException {
        return wherever(StoreLayout.blob(digest), StoreLayout.blobAside(digest), place -> store.read(place, range));
    }
}
