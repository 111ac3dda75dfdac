package io.dvcr.virt.singlehost;

import io.dvcr.storage.RegistryError.Conflict;
import io.dvcr.storage.RegistryError.NotFound;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import io.dvcr.virt.host.Host;
import io.dvcr.virt.host.Images;
import io.dvcr.virt.machine.DesiredState;
import io.dvcr.virt.machine.Machine;
import io.dvcr.virt.machine.MachineName;
import io.dvcr.virt.machine.MachineSpec;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Runs the machines of one data directory on this host. What is asked for is durable when a call returns, and comes true
 * in the background; what is returned is the machine as last observed. The controller may be killed at any moment and
 * goes on when it is opened again; machines run on without it. Thread-safe.
 */
public final class MachineController implements Closeable {
    private final MachineStore store;
    private final Host host;
    private final Images images;
    private final MachineSettings settings;
    private final InstantSource clock;
    private final Semaphore downloads;
    private final ConcurrentSkipListMap<MachineName, MachineWorker> workers = new ConcurrentSkipListMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private boolean closed;

    /**
     * Takes the machines in {@code dataDirectory/machines} and begins to look after them. The host need not be there.
     *
     * @throws IOException if the directory cannot be used, or another controller uses it
     */
    public static MachineController open(Path dataDirectory, Images images, Host host, MachineSettings settings)
            throws IOException {
        return open(dataDirectory, images, host, settings, InstantSource.system());
    }

    static MachineController open(
            Path dataDirectory, Images images, Host host, MachineSettings settings, InstantSource clock)
            throws IOException {
        MachineStore store = MachineStore.open(dataDirectory.resolve("machines"));
        try {
            MachineController controller = new MachineController(store, images, host, settings, clock);
            store.load().forEach(controller::lookAfter);
            return controller;
        } catch (IOException e) {
            store.close();
            throw e;
        }
    }

    private MachineController(
            MachineStore store, Images images, Host host, MachineSettings settings, InstantSource clock) {
        this.store = store;
        this.images = images;
        this.host = host;
        this.settings = settings;
        this.clock = clock;
        this.downloads = new Semaphore(settings.concurrentDownloads());
    }

    /**
     * @throws RegistryException with {@link Conflict} if there is a machine of that name, with {@link RequestInvalid} if
     *     the name is too long for this data directory
     */
    public Machine create(MachineSpec spec) throws IOException {
        MachineFiles files = store.files(spec.name());
        if (!files.socketFits()) {
            throw new RegistryException(new RequestInvalid("the console of machine " + spec.name() + " would be "
                    + files.consoleSocket() + ", but the path of a socket takes at most "
                    + MachineFiles.LONGEST_SOCKET_PATH + " bytes: use a shorter name or data directory"));
        }
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the controller is closed");
            }
            if (workers.containsKey(spec.name())) {
                throw new RegistryException(new Conflict("machine " + spec.name() + " already exists"));
            }
            MachineRecord created = MachineRecord.create(
                    spec, UUID.randomUUID(), clock.instant().truncatedTo(ChronoUnit.MILLIS));
            store.create(created);
            return lookAfter(created).describe();
        } finally {
            lock.unlock();
        }
    }

    /** Every machine, by name. */
    public List<Machine> list() {
        return workers.values().stream().map(MachineWorker::describe).toList();
    }

    /** @throws RegistryException with {@link NotFound} if there is no such machine */
    public Machine get(MachineName name) {
        return worker(name).describe();
    }

    /**
     * Asks for the machine to run. One that is stopping finishes that first.
     *
     * @throws RegistryException with {@link NotFound} if there is no such machine, with {@link Conflict} if it is being
     *     deleted
     */
    public Machine start(MachineName name) throws IOException {
        return desire(name, DesiredState.RUNNING);
    }

    /**
     * Asks for the machine to be off.
     *
     * @param force whether at once; otherwise its guest is asked first, and given
     *     {@link MachineSettings#shutdownGrace()}
     * @throws RegistryException with {@link NotFound} if there is no such machine, with {@link Conflict} if it is being
     *     deleted
     */
    public Machine stop(MachineName name, boolean force) throws IOException {
        return desire(name, force ? DesiredState.FORCE_STOPPED : DesiredState.STOPPED);
    }

    /**
     * Asks for the machine to be gone, with its volume; it is stopped by force. Asking again changes nothing.
     *
     * @throws RegistryException with {@link NotFound} if there is no such machine
     */
    public Machine delete(MachineName name) throws IOException {
        return desire(name, DesiredState.DELETED);
    }

    private Machine desire(MachineName name, DesiredState desired) throws IOException {
        MachineWorker worker = worker(name);
        worker.machine().update(stored -> {
            if (stored.spec().desired() == DesiredState.DELETED && desired != DesiredState.DELETED) {
                throw new RegistryException(new Conflict("machine " + name + " is being deleted"));
            }
            return stored.withDesired(desired);
        });
        worker.desiredChanged();
        return worker.describe();
    }

    private MachineWorker worker(MachineName name) {
        return Optional.ofNullable(workers.get(name))
                .orElseThrow(() -> new RegistryException(new NotFound("machine " + name)));
    }

    private MachineWorker lookAfter(MachineRecord stored) {
        MachineName name = stored.spec().name();
        MachineWorker worker = new MachineWorker(
                new StoredMachine(store, stored), host, images, downloads, settings, clock, () -> workers.remove(name));
        workers.put(name, worker);
        worker.start();
        return worker;
    }

    /** Ends the looking-after, and downloads that go on. Machines run on. */
    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        List<MachineWorker> all = List.copyOf(workers.values());
        all.forEach(MachineWorker::stop);
        try {
            for (MachineWorker worker : all) {
                worker.awaitStop();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (InterruptedIOException) new InterruptedIOException("closing was interrupted").initCause(e);
        } finally {
            store.close();
        }
    }
}
