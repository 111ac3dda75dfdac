package io.dvcr.virt.singlehost;

import io.dvcr.storage.RegistryException;
import io.dvcr.virt.host.Host;
import io.dvcr.virt.host.HostUnavailableException;
import io.dvcr.virt.host.Images;
import io.dvcr.virt.machine.Machine;
import io.dvcr.virt.machine.MachineStatus;
import io.dvcr.virt.plan.Action;
import io.dvcr.virt.plan.Action.DefineDomain;
import io.dvcr.virt.plan.Action.DestroyDomain;
import io.dvcr.virt.plan.Action.Forget;
import io.dvcr.virt.plan.Action.RecordCrash;
import io.dvcr.virt.plan.Action.ShutdownDomain;
import io.dvcr.virt.plan.Action.StartDomain;
import io.dvcr.virt.plan.Action.UndefineDomain;
import io.dvcr.virt.plan.DomainState;
import io.dvcr.virt.plan.Failure;
import io.dvcr.virt.plan.KvmSupport;
import io.dvcr.virt.plan.MachineCondition;
import io.dvcr.virt.plan.MachinePlan;
import io.dvcr.virt.plan.Observed;
import io.dvcr.virt.plan.Observed.Shutdown;
import io.dvcr.virt.plan.VolumeState;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after one machine, on a virtual thread of its own: observes, plans, executes, again and again, until the machine
 * is forgotten or the controller closes. It acts on what it sees, never on what happened, so it may be killed anywhere.
 * The methods that are not private are thread-safe.
 */
final class MachineWorker {
    private static final Logger LOG = LoggerFactory.getLogger(MachineWorker.class);
    private static final Duration LONGEST_STEP = Duration.ofSeconds(10);

    private final StoredMachine machine;
    private final Host host;
    private final MachineSettings settings;
    private final InstantSource clock;
    private final Runnable forgotten;
    private final MachineActions actions;
    private final Backoff backoff;
    private final Semaphore wakeUps = new Semaphore(0);
    private final Thread thread;

    private volatile boolean stopping;
    private volatile boolean impatient;
    private volatile Observed observed;
    private volatile Optional<Failure> failure = Optional.empty();

    /** @param forgotten called once, when the machine is no more */
    MachineWorker(
            StoredMachine machine,
            Host host,
            Images images,
            Semaphore downloads,
            MachineSettings settings,
            InstantSource clock,
            Runnable forgotten) {
        this.machine = machine;
        this.host = host;
        this.settings = settings;
        this.clock = clock;
        this.forgotten = forgotten;
        this.actions = new MachineActions(machine, host, images, downloads, clock, wakeUps::release);
        this.backoff = new Backoff(settings.longestRetryDelay());
        this.observed = unobserved(machine.current());
        this.thread = Thread.ofVirtual()
                .name("machine-" + machine.current().spec().name())
                .unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** What is desired has changed: no failure of before counts any more. */
    void desiredChanged() {
        failure = Optional.empty();
        impatient = true;
        wakeUps.release();
    }

    /** Asks the worker to end; the machine is not touched. */
    void stop() {
        stopping = true;
        wakeUps.release();
    }

    /** Waits for the end that {@link #stop()} asked for; a step that takes long is broken off, as by a kill. */
    void awaitStop() throws InterruptedException {
        if (thread.join(LONGEST_STEP)) {
            return;
        }
        thread.interrupt();
        if (!thread.join(LONGEST_STEP)) {
            LOG.atError()
                    .addKeyValue("machine", machine.current().spec().name())
                    .log("its worker does not end");
        }
    }

    StoredMachine machine() {
        return machine;
    }

    /** The machine as last observed. */
    Machine describe() {
        MachineRecord stored = machine.current();
        MachineCondition condition = MachineCondition.of(stored.spec(), observed, failure);
        MachineFiles files = machine.files();
        MachineStatus status = new MachineStatus(
                condition.phase(),
                condition.reason(),
                condition.message(),
                stored.image().map(image -> image.digest()),
                stored.accelerator(),
                files.volume(),
                files.consoleSocket(),
                files.consoleLog(),
                stored.domain(),
                stored.uuid());
        return new Machine(stored.spec(), stored.createdAt(), status);
    }

    private void run() {
        try {
            boolean isThere = true;
            while (isThere && !stopping) {
                isThere = reconcile();
                if (isThere && wakeUps.tryAcquire(settings.resync().toNanos(), TimeUnit.NANOSECONDS)) {
                    wakeUps.drainPermits();
                }
            }
            actions.cancelFill();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("a download outlives its controller");
        }
    }

    /** Returns whether the machine is still there. */
    private boolean reconcile() throws InterruptedException {
        if (impatient) {
            impatient = false;
            backoff.reset();
        }
        Optional<Exception> fillFailure = actions.takeFillFailure();
        fillFailure.ifPresent(
                cause -> failed(new Failure("VolumeNotReady", messageOf(cause), isClients(cause)), cause));
        List<Action> taken = List.of();
        List<Action> steps = nextSteps();
        while (!steps.isEmpty() && !steps.equals(taken)) {
            if (!takeAll(steps)) {
                observe(machine.current());
                return true;
            }
            if (steps.getLast() instanceof Forget) {
                forgotten.run();
                return false;
            }
            taken = steps;
            steps = nextSteps();
        }
        return true;
    }

    private List<Action> nextSteps() {
        MachineRecord stored = machine.current();
        Observed seen = observe(stored);
        if (stopping || backoff.mustWait(clock.instant())) {
            return List.of();
        }
        List<Action> steps = MachinePlan.plan(stored.spec(), seen);
        if (steps.isEmpty() && !(seen.volume() instanceof VolumeState.Filling)) {
            failure = Optional.empty();
        }
        return steps;
    }

    /** Returns whether every step succeeded. */
    private boolean takeAll(List<Action> steps) throws InterruptedException {
        for (Action step : steps) {
            if (stopping) {
                return false;
            }
            try {
                LOG.atInfo()
                        .addKeyValue("machine", machine.current().spec().name())
                        .addKeyValue("step", step)
                        .log("machine");
                actions.execute(step);
            } catch (IOException | RuntimeException e) {
                failed(failureOf(step, e), e);
                return false;
            }
            if (step instanceof RecordCrash) {
                failed(new Failure("Crashed", "QEMU ended unexpectedly; the machine is started again", false));
                return false;
            }
        }
        if (!(steps.getLast() instanceof Action.CreateVolume)) {
            failure = Optional.empty();
        }
        return true;
    }

    private void failed(Failure newFailure, Exception cause) {
        LOG.atWarn()
                .addKeyValue("machine", machine.current().spec().name())
                .addKeyValue("reason", newFailure.reason())
                .setCause(cause instanceof RuntimeException && !isClients(cause) ? cause : null)
                .log(newFailure.message());
        if (cause instanceof HostUnavailableException) {
            failure = Optional.of(newFailure);
        } else {
            failed(newFailure);
        }
    }

    private void failed(Failure newFailure) {
        failure = Optional.of(newFailure);
        backoff.failed(clock.instant());
    }

    private static Failure failureOf(Action step, Exception cause) {
        if (cause instanceof HostUnavailableException) {
            return new Failure("HostUnavailable", messageOf(cause), false);
        }
        return switch (step) {
            case DefineDomain _, StartDomain _, ShutdownDomain _, DestroyDomain _, UndefineDomain _ ->
                new Failure("HostRefused", messageOf(cause), true);
            default -> new Failure("StorageFailed", messageOf(cause), false);
        };
    }

    private static boolean isClients(Exception cause) {
        return cause instanceof RegistryException;
    }

    private static String messageOf(Exception cause) {
        return Objects.requireNonNullElse(cause.getMessage(), cause.toString());
    }

    private Observed observe(MachineRecord stored) {
        Observed seen = new Observed(
                actions.volume(), domain(stored), host.kvm(), stored.started(), shutdown(stored, clock.instant()));
        observed = seen;
        return seen;
    }

    /** A machine without an accelerator was never defined, so a host that cannot be asked need not be asked. */
    private DomainState domain(MachineRecord stored) {
        if (stored.accelerator().isEmpty()) {
            return new DomainState.Absent();
        }
        try {
            return host.find(stored.uuid());
        } catch (IOException e) {
            return new DomainState.Unknown(messageOf(e));
        }
    }

    private Shutdown shutdown(MachineRecord stored, Instant now) {
        return stored.shutdownAskedAt()
                .map(at -> now.isBefore(at.plus(settings.shutdownGrace())) ? Shutdown.WITHIN_GRACE : Shutdown.OVERDUE)
                .orElse(Shutdown.NOT_ASKED);
    }

    private Observed unobserved(MachineRecord stored) {
        DomainState domain = stored.accelerator().isEmpty()
                ? new DomainState.Absent()
                : new DomainState.Unknown("the host has not been asked yet");
        return new Observed(
                actions.volume(), domain, new KvmSupport.Usable(), stored.started(), shutdown(stored, clock.instant()));
    }
}
