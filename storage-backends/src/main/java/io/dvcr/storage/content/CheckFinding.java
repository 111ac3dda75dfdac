package io.dvcr.storage.content;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;

/** Something that a check of a store found not to be as it must. */
public sealed interface CheckFinding {

    /** A blob's bytes are not those of its digest: a scrub takes it out of service, and it can be pushed again. */
    record Corrupt(Digest digest, long size) implements CheckFinding {}

    /** An object cannot be read. */
    record Unreadable(String key, String reason) implements CheckFinding {}

    /** An object lies where blobs, manifests or tags are, with a name that none of them has. */
    record Alien(String key) implements CheckFinding {}

    /** A blob that somebody names is made of others, and not all of these are there, or do not make it. */
    record Broken(Digest digest, String reason) implements CheckFinding {}

    /** A repository lacks a blob, or the bytes of a manifest, that a manifest of it names. */
    record Missing(Digest digest, RepositoryName repository, Digest manifest) implements CheckFinding {}

    /** A manifest is damaged, or not what its media type says, or does not fit what it names. */
    record Unsound(RepositoryName repository, Digest manifest, String reason) implements CheckFinding {}

    /** A tag names no manifest of its repository. */
    record Dangling(RepositoryName repository, Tag tag, String target) implements CheckFinding {}

    /** A manifest is not among the referrers of its subject. */
    record NoReferrer(RepositoryName repository, Digest manifest, Digest subject) implements CheckFinding {}

    /** A repository that has manifests is not in the catalogue. */
    record Uncatalogued(RepositoryName repository) implements CheckFinding {}
}
