package io.dvcr.importers.mirror;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.StoreLayout;
import io.dvcr.storage.object.ObjectKey;

/**
 * What is kept of a blob of one mirrored registry. Registries share nothing: what one gives that is not yet verified must
 * not be taken for what another has.
 *
 * @param prefix what the registry is mirrored below
 */
record CacheKey(RepositoryName prefix, Digest digest) {

    /** @param object a part, or the mark that a blob is whole */
    static CacheKey of(ObjectKey object) {
        return new CacheKey(StoreLayout.mirrorPrefixOf(object), StoreLayout.mirrorBlobOf(object));
    }

    /** @param mark that a blob was used */
    static CacheKey ofMark(ObjectKey mark) {
        return new CacheKey(StoreLayout.mirrorPrefixOf(mark), StoreLayout.mirrorDigestOf(mark));
    }

    String parts() {
        return StoreLayout.mirrorParts(prefix, digest);
    }

    ObjectKey part(long start, long end) {
        return StoreLayout.mirrorPart(prefix, digest, start, end);
    }

    ObjectKey whole() {
        return StoreLayout.mirrorWhole(prefix, digest);
    }

    ObjectKey used() {
        return StoreLayout.mirrorUsed(prefix, digest);
    }
}
