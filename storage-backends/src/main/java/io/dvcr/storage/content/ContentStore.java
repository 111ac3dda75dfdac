package io.dvcr.storage.content;

import io.dvcr.storage.object.ObjectStore;
import java.time.Clock;

/**
 * All that a registry keeps, over one object store. Stateless but for caches: two over the same object store serve the
 * same registry, save that an upload has one writer at a time within each.
 */
public record ContentStore(
        BlobStore blobs,
        ManifestStore manifests,
        TagStore tags,
        ReferrerStore referrers,
        UploadStore uploads,
        Catalog catalog,
        GarbageCollector garbage) {

    public static ContentStore over(ObjectStore store, Clock clock) {
        Catalog catalog = new Catalog(store);
        BlobStore blobs = new BlobStore(store, new BlobSources(store, catalog));
        TagStore tags = new TagStore(store);
        ReferrerStore referrers = new ReferrerStore(store);
        ManifestStore manifests = new ManifestStore(store, blobs, tags, referrers, catalog);
        UploadStore uploads = new UploadStore(store, blobs, clock, Takeover.DEFAULTS);
        GarbageCollector garbage = new GarbageCollector(store, manifests, uploads, clock);
        return new ContentStore(blobs, manifests, tags, referrers, uploads, catalog, garbage);
    }
}
