package io.dvcr.registry.event;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import java.util.List;
import java.util.Optional;

/** Something that has happened to a repository. */
public sealed interface RegistryEvent {

    RepositoryName repository();

    /**
     * A client has stored a manifest.
     *
     * @param size of the manifest, in bytes
     * @param tags that name it now because the client said so; none if it was pushed by its digest alone
     * @param actor the name that the client had proved; empty for an anonymous one
     */
    record ManifestPushed(
            RepositoryName repository,
            Digest digest,
            String mediaType,
            long size,
            List<Tag> tags,
            Optional<String> actor)
            implements RegistryEvent {
        public ManifestPushed {
            tags = List.copyOf(tags);
        }
    }

    /** A manifest was deleted, with every tag that named it. */
    record ManifestDeleted(RepositoryName repository, Digest digest, String mediaType, Optional<String> actor)
            implements RegistryEvent {}

    /** A tag was deleted. What it named is still there, unless another event says that it is not. */
    record TagDeleted(RepositoryName repository, Tag tag, Digest digest, Optional<String> actor)
            implements RegistryEvent {}

    /**
     * An import has succeeded.
     *
     * @param digest of the image's manifest
     * @param size of what is stored of the image, in bytes
     * @param job the id of the import
     */
    record ImageImported(RepositoryName repository, Tag tag, Digest digest, String mediaType, long size, String job)
            implements RegistryEvent {}

    /** An import has failed; whatever the tag named before, it names still. */
    record ImportFailed(RepositoryName repository, Tag tag, String job, String code, String message)
            implements RegistryEvent {}
}
