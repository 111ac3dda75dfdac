package io.dvcr.storage.content;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.lease.Lease;
import io.dvcr.storage.lease.Leases;
import io.dvcr.storage.lease.Session;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.UUID;

/**
 * Has servers over one store wait for each other. Whoever adds says so first and then looks whether somebody removes;
 * whoever removes says so first and then looks whether somebody adds. So at least one of two sees the other: who adds
 * steps back, who removes waits. What a dead server said counts no more. Thread-safe.
 */
final class SharedRepositoryGates implements RepositoryGates {
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);
    private static final int MAX_TEXT_BYTES = 64;

    private final ObjectStore store;
    private final Leases leases;

    SharedRepositoryGates(ObjectStore store, Leases leases) {
        this.store = store;
        this.leases = leases;
    }

    @Override
    public Passage toAdd(RepositoryName repository) throws IOException {
        Session session = leases.session();
        ObjectKey sign = StoreLayout.adding(repository, session.id(), UUID.randomUUID());
        long deadline = System.nanoTime() + LONGEST_WAIT.toNanos();
        while (true) {
            store.put(sign, empty());
            if (!somebody(StoreLayout.removing(repository))) {
                return new Adding(repository, session, sign);
            }
            store.discard(sign);
            while (somebody(StoreLayout.removing(repository))) {
                pause(repository, deadline);
            }
        }
    }

    @Override
    public Passage toRemove(RepositoryName repository) throws IOException {
        String name = "changes/"
                + Digest.sha256(repository.value().getBytes(US_ASCII)).hex();
        Lease alone = leases.take(name, LONGEST_WAIT).orElseThrow(() -> tooLong(repository));
        Session session = leases.session();
        Passage removing = new Removing(session, StoreLayout.removing(repository, session.id()), alone);
        try {
            store.put(StoreLayout.removing(repository, session.id()), empty());
            long deadline = System.nanoTime() + LONGEST_WAIT.toNanos();
            while (somebodyAdds(repository)) {
                pause(repository, deadline);
            }
            return removing;
        } catch (IOException | RuntimeException e) {
            removing.close();
            throw e;
        }
    }

    @Override
    public String additions(RepositoryName repository) throws IOException {
        try (InputStream in = store.read(StoreLayout.added(repository), ByteRange.all(MAX_TEXT_BYTES))) {
            return new String(in.readAllBytes(), US_ASCII);
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    private void added(RepositoryName repository) throws IOException {
        store.put(
                StoreLayout.added(repository), US_ASCII.encode(UUID.randomUUID().toString()));
    }

    private boolean somebodyAdds(RepositoryName repository) throws IOException {
        return somebody(StoreLayout.adding(repository), () -> added(repository)); // it may have done all but say so
    }

    private boolean somebody(String signs) throws IOException {
        return somebody(signs, () -> {});
    }

    private interface Burial {
        void happens() throws IOException;
    }

    /** Whether there is a sign of a server that lives; those of the dead are removed. */
    private boolean somebody(String signs, Burial burial) throws IOException {
        boolean[] somebody = {false};
        ObjectPages.forEach(store, signs, sign -> {
            if (leases.isGone(sessionOf(sign))) {
                burial.happens();
                store.discard(sign.key());
            } else {
                somebody[0] = true;
            }
        });
        return somebody[0];
    }

    private static String sessionOf(ObjectInfo sign) {
        return sign.key().lastComponent().split("\\.", 2)[0];
    }

    private static void pause(RepositoryName repository, long deadline) throws IOException {
        if (System.nanoTime() - deadline >= 0) {
            throw tooLong(repository);
        }
        try {
            Thread.sleep(LOOK_EVERY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    private static IOException tooLong(RepositoryName repository) {
        return new IOException("waited too long for another server's changes of " + repository);
    }

    private static ByteBuffer empty() {
        return ByteBuffer.allocate(0);
    }

    private static void requireSure(Session session) throws IOException {
        if (!session.isSure()) {
            throw new IOException("the store was out of reach for so long that other servers did not wait");
        }
    }

    private final class Adding implements Passage {
        private final RepositoryName repository;
        private final Session session;
        private final ObjectKey sign;

        Adding(RepositoryName repository, Session session, ObjectKey sign) {
            this.repository = repository;
            this.session = session;
            this.sign = sign;
        }

        @Override
        public void requireSure() throws IOException {
            SharedRepositoryGates.requireSure(session);
        }

        /** In this order whoever removes once the sign is gone knows that something was added. */
        @Override
        public void close() throws IOException {
            added(repository);
            store.discard(sign);
        }
    }

    private final class Removing implements Passage {
        private final Session session;
        private final ObjectKey sign;
        private final Lease alone;

        Removing(Session session, ObjectKey sign, Lease alone) {
            this.session = session;
            this.sign = sign;
            this.alone = alone;
        }

        @Override
        public void requireSure() throws IOException {
            SharedRepositoryGates.requireSure(session);
            alone.requireHeld();
        }

        @Override
        public void close() throws IOException {
            try {
                store.discard(sign);
            } finally {
                alone.close();
            }
        }
    }
}
