package io.dvcr.storage.content;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;

/** Something that a scrub found not to be as it must. */
public sealed interface ScrubFinding {

    /** Of the blob that is affected. */
    Digest digest();

    /** A blob's bytes are not those of its digest. It is in quarantine, and can be pushed again. */
    record Corrupt(Digest digest, long size) implements ScrubFinding {}

    /** A blob cannot be read. It stays, because another time it may be. */
    record Unreadable(Digest digest, String reason) implements ScrubFinding {}

    /** A repository lacks a blob, or the bytes of a manifest, that a manifest of it names: perhaps for quarantine. */
    record Missing(Digest digest, RepositoryName repository, Digest manifest) implements ScrubFinding {}
}
