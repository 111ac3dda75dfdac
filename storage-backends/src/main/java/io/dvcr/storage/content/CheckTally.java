package io.dvcr.storage.content;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.StoreUnavailableException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** What a check has seen so far. Thread-safe. */
final class CheckTally {
    final AtomicLong repositories = new AtomicLong();
    final AtomicLong manifests = new AtomicLong();
    final AtomicLong tags = new AtomicLong();
    final AtomicLong read = new AtomicLong();
    final AtomicLong readBytes = new AtomicLong();
    private final Set<CheckFinding> findings = new HashSet<>(); // this and what follows: guarded by this
    private long faults;
    private final DigestSet named = new DigestSet();
    private final DigestSet pieces = new DigestSet();

    synchronized void found(CheckFinding finding) {
        if (findings.size() == CheckReport.MAX_FINDINGS || findings.add(finding)) {
            faults++;
        }
    }

    synchronized void name(Collection<Digest> digests) {
        digests.forEach(named::add);
    }

    /** Whether a manifest names it; to be asked when all manifests have been looked at. */
    synchronized boolean isNamed(Digest digest) {
        return named.contains(digest);
    }

    /** Of what a composite is made that is named. */
    synchronized void addPieces(Collection<Digest> digests) {
        digests.forEach(pieces::add);
    }

    /** Whether a manifest names it, or a composite that one names is made of it; to be asked when both are known. */
    synchronized boolean isOfUse(Digest digest) {
        return named.contains(digest) || pieces.contains(digest);
    }

    /** What the name of an object says; empty, and a finding, if it says nothing. */
    <T> Optional<T> parse(ObjectInfo object, Function<ObjectKey, T> parser) {
        try {
            return Optional.of(parser.apply(object.key()));
        } catch (RegistryException | IllegalArgumentException | IndexOutOfBoundsException e) {
            found(new CheckFinding.Alien(object.key().value()));
            return Optional.empty();
        }
    }

    interface Work {
        void run() throws IOException;
    }

    /** Does {@code work} on an object; that it is gone by now is well, and that it cannot be read is a finding. */
    void reading(ObjectKey key, Work work) throws IOException {
        try {
            work.run();
        } catch (NoSuchFileException e) {
            // removed, or set aside, meanwhile
        } catch (StoreUnavailableException e) {
            throw e;
        } catch (IOException e) {
            found(new CheckFinding.Unreadable(key.value(), String.valueOf(e.getMessage())));
        }
    }

    synchronized long faults() {
        return faults;
    }

    synchronized List<CheckFinding> findings() {
        return findings.stream()
                .sorted(Comparator.comparing(CheckFinding::toString))
                .toList();
    }
}
