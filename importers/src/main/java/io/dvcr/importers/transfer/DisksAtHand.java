package io.dvcr.importers.transfer;

import io.dvcr.converters.disk.DiskFormatException;
import io.dvcr.converters.disk.KnownDisks;
import io.dvcr.converters.disk.KnownDisks.PackCheck;
import io.dvcr.importers.registry.RegistryClient;
import io.dvcr.importers.registry.RemoteImage;
import io.dvcr.importers.registry.RepositoryWriter;
import io.dvcr.storage.Digest;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a repository, and the base that a user names, already have of a disk that is to be pushed: read from tags,
 * manifests and indexes, a bounded number of them, as any OCI registry has them.
 */
final class DisksAtHand {
    /** A page of tags, of which the last are taken: names that grow, as dates and versions do, end with the newest. */
    private static final int MAX_TAGS = 1000;

    private static final int MAX_MANIFESTS = 32;
    private static final int MAX_DISKS = 8;
    private static final long MAX_INDEX_BYTES = 64L << 20;

    private final RegistryClient registry;
    private final ImageReference target;
    private final RepositoryWriter writer;

    DisksAtHand(RegistryClient registry, ImageReference target, RepositoryWriter writer) {
        this.registry = registry;
        this.target = target;
        this.writer = writer;
    }

    /**
     * @param base an image of the same registry; its packs are mounted if it is of another repository, and those that
     *     cannot be are not used
     * @param unusable packs to leave alone
     * @throws RegistryException if there is no such base
     */
    KnownDisks learn(Optional<ImageReference> base, Set<Digest> unusable) throws IOException {
        KnownDisks known = new KnownDisks(KnownDisks.DEFAULT_MAX_CHUNKS);
        PackCheck here = pack -> !unusable.contains(pack.digest()) && writer.has(pack.digest(), pack.size());
        Optional<RemoteImage> named =
                base.isPresent() ? Optional.of(RemoteImage.find(registry, base.get())) : Optional.empty();
        boolean sameRepository = base.filter(image -> image.repository().equals(target.repository()))
                .isPresent();
        if (named.isPresent() && sameRepository) {
            known.add(named.get().index(), here);
        }
        for (RemoteImage disk : newestDisks()) {
            if (!known.isFull()) {
                known.add(disk.index(), here);
            }
        }
        if (named.isPresent() && !sameRepository) {
            RepositoryName other = named.get().reference().repository();
            known.add(
                    named.get().index(),
                    pack -> here.isThere(pack)
                            || (!unusable.contains(pack.digest()) && writer.mount(pack.digest(), other)));
        }
        return known;
    }

    private List<RemoteImage> newestDisks() throws IOException {
        List<RemoteImage> disks = new ArrayList<>();
        Set<Digest> seen = new LinkedHashSet<>();
        for (Tag tag : candidates()) {
            Optional<RemoteImage> disk = disk(tag);
            if (disk.isPresent() && seen.add(disk.get().digest())) {
                disks.add(disk.get());
            }
        }
        disks.sort(Comparator.comparing((RemoteImage disk) -> disk.config().created())
                .reversed());
        return disks.subList(0, Math.min(MAX_DISKS, disks.size()));
    }

    /** The tag that is about to move, then others. */
    private Set<Tag> candidates() throws IOException {
        List<Tag> tags = new ArrayList<>(registry.tags(target.repository(), MAX_TAGS));
        Collections.reverse(tags);
        Set<Tag> candidates = new LinkedHashSet<>();
        if (target.reference() instanceof Reference.ByTag(Tag tag) && tags.contains(tag)) {
            candidates.add(tag);
        }
        candidates.addAll(tags.subList(0, Math.min(MAX_MANIFESTS, tags.size())));
        return candidates;
    }

    /** The image, if it is a disk. What else people keep beside it does not matter. */
    private Optional<RemoteImage> disk(Tag tag) throws IOException {
        try {
            RemoteImage image =
                    RemoteImage.find(registry, new ImageReference(target.repository(), new Reference.ByTag(tag)));
            return Optional.of(image).filter(found -> found.indexSize() <= MAX_INDEX_BYTES);
        } catch (RegistryException | DiskFormatException e) {
            return Optional.empty();
        }
    }
}
