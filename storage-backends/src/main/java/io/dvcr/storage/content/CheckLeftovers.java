package io.dvcr.storage.content;

import io.dvcr.storage.content.CheckReport.Amount;
import io.dvcr.storage.content.CheckReport.Leftovers;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.object.ObjectReader;
import java.io.IOException;
import java.time.Instant;

/** Counts what is in a store and of no use any more, or not yet. Not thread-safe. */
final class CheckLeftovers {
    private final ObjectReader store;
    private final Instant abandonedBefore;
    private final CheckTally tally;
    private Amount counted = Amount.NOTHING;
    private long uploads;
    private long imageUploads;
    private long abandoned;

    /** @param tally that knows which blobs manifests name */
    CheckLeftovers(ObjectReader store, Instant abandonedBefore, CheckTally tally) {
        this.store = store;
        this.abandonedBefore = abandonedBefore;
        this.tally = tally;
    }

    private interface Condition {
        boolean holds(ObjectInfo object);
    }

    Leftovers count() throws IOException {
        abandoned = store.countLeftovers(
                abandonedBefore,
                growing -> store.head(StoreLayout.ownerOf(growing)).isPresent());
        ObjectPages.forEach(store, StoreLayout.UPLOADS, object -> uploads += isOpen(object));
        ObjectPages.forEach(store, StoreLayout.INCOMING, object -> imageUploads += isOpen(object));
        Condition unnamed = blob ->
                tally.parse(blob, StoreLayout::digestOf).filter(tally::isOfUse).isEmpty();
        return new Leftovers(
                amount(unnamed, StoreLayout.BLOBS, StoreLayout.COMPOSITES),
                amount(_ -> true, StoreLayout.BLOBS_ASIDE, StoreLayout.COMPOSITES_ASIDE),
                amount(_ -> true, StoreLayout.QUARANTINE),
                uploads,
                imageUploads,
                abandoned);
    }

    /** 1 for what says that there is an upload; bytes without that count as abandoned. */
    private int isOpen(ObjectInfo object) throws IOException {
        if (!StoreLayout.mayGrow(object.key())) {
            return 1;
        }
        boolean orphaned = object.modified().isBefore(abandonedBefore)
                && store.head(StoreLayout.ownerOf(object.key())).isEmpty();
        abandoned += orphaned ? 1 : 0;
        return 0;
    }

    private Amount amount(Condition condition, String... prefixes) throws IOException {
        counted = Amount.NOTHING;
        for (String prefix : prefixes) {
            ObjectPages.forEach(store, prefix, object -> {
                if (condition.holds(object)) {
                    counted = counted.plus(object.size());
                }
            });
        }
        return counted;
    }
}
