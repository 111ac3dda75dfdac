package io.dvcr.storage.content;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.ScrubFinding.Corrupt;
import io.dvcr.storage.content.ScrubFinding.Missing;
import io.dvcr.storage.content.ScrubFinding.Unreadable;
import io.dvcr.storage.content.ScrubState.Stage;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.nio.file.NoSuchFileException;

/** One scrub, from wherever it stopped to its end. Not thread-safe. */
final class ScrubPass {
    /** What looking at a manifest and for what it names counts as. */
    private static final int MANIFEST_BYTES = 4096;

    private final ObjectStore store;
    private final ManifestNeeds needs;
    private final Quarantine quarantine;
    private final Pace pace;
    private final Listener listener;
    private final BlobHasher hasher = new BlobHasher();
    private ScrubState state;

    /** Is told of every step. */
    interface Listener {
        /** @throws IOException to stop */
        void at(ScrubState now) throws IOException;

        void found(ScrubFinding finding, ScrubState now);
    }

    ScrubPass(
            ObjectStore store,
            ManifestNeeds needs,
            Quarantine quarantine,
            Pace pace,
            ScrubState from,
            Listener listener) {
        this.store = store;
        this.needs = needs;
        this.quarantine = quarantine;
        this.pace = pace;
        this.state = from;
        this.listener = listener;
    }

    void run() throws IOException {
        if (state.stage() == Stage.BLOBS) {
            ObjectPages.forEach(store, StoreLayout.BLOBS, state.after(), blob -> {
                check(blob);
                advance(state.behind(blob.key().value()));
            });
            advance(state.at(Stage.MANIFESTS));
        }
        ObjectPages.forEach(store, StoreLayout.CATALOG, state.after(), entry -> {
            checkManifests(StoreLayout.catalogued(entry.key()));
            advance(state.behind(entry.key().value()));
        });
    }

    private void advance(ScrubState next) throws IOException {
        state = next;
        listener.at(next);
    }

    private void found(ScrubFinding finding) {
        state = state.with(state.report().found(finding));
        listener.found(finding, state);
    }

    private void check(ObjectInfo blob) throws IOException {
        Digest digest = StoreLayout.digestOf(blob.key());
        try {
            boolean matches =
                    hasher.matches(digest, () -> store.read(blob.key(), ByteRange.all(Long.MAX_VALUE)), pace::read);
            state = state.with(state.report().read(blob.size()));
            if (!matches && quarantine.take(blob, digest)) {
                found(new Corrupt(digest, blob.size()));
            }
        } catch (BlobHasher.UnreadableException e) {
            found(new Unreadable(digest, String.valueOf(e.getMessage())));
        } catch (NoSuchFileException e) {
            // set aside or purged meanwhile
        }
    }

    private void checkManifests(RepositoryName repository) throws IOException {
        ObjectPages.forEach(store, StoreLayout.manifests(repository), entry -> {
            Digest manifest = StoreLayout.digestOf(entry.key());
            for (Digest lacking : needs.lacking(repository, manifest)) {
                found(new Missing(lacking, repository, manifest));
            }
            pace.read(MANIFEST_BYTES);
        });
    }
}
