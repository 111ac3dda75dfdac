package io.dvcr.virt.singlehost;

import io.dvcr.virt.host.DomainDefinition;
import io.dvcr.virt.host.Host;
import io.dvcr.virt.host.Images;
import io.dvcr.virt.machine.Accelerator;
import io.dvcr.virt.machine.ImageDescription;
import io.dvcr.virt.plan.Action;
import io.dvcr.virt.plan.Action.CreateVolume;
import io.dvcr.virt.plan.Action.DefineDomain;
import io.dvcr.virt.plan.Action.DeleteVolume;
import io.dvcr.virt.plan.Action.DestroyDomain;
import io.dvcr.virt.plan.Action.Forget;
import io.dvcr.virt.plan.Action.RecordCrash;
import io.dvcr.virt.plan.Action.RecordPoweredOff;
import io.dvcr.virt.plan.Action.RecordStarted;
import io.dvcr.virt.plan.Action.RecordStopped;
import io.dvcr.virt.plan.Action.ShutdownDomain;
import io.dvcr.virt.plan.Action.StartDomain;
import io.dvcr.virt.plan.Action.UndefineDomain;
import io.dvcr.virt.plan.VolumeState;
import java.io.IOException;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Takes the steps of a plan for one machine, on its volume, its domain and its record. Used by one thread. */
final class MachineActions {
    private final StoredMachine machine;
    private final Host host;
    private final Images images;
    private final Semaphore downloads;
    private final InstantSource clock;
    private final Runnable fillEnded;
    private @Nullable VolumeFill fill;

    MachineActions(
            StoredMachine machine,
            Host host,
            Images images,
            Semaphore downloads,
            InstantSource clock,
            Runnable fillEnded) {
        this.machine = machine;
        this.host = host;
        this.images = images;
        this.downloads = downloads;
        this.clock = clock;
        this.fillEnded = fillEnded;
    }

    /** Returns when the step is taken, or, if it is the making of a volume, begun. */
    void execute(Action action) throws IOException, InterruptedException {
        MachineRecord now = machine.current();
        switch (action) {
            case CreateVolume _ -> createVolume();
            case DefineDomain(var accelerator) -> define(accelerator);
            case StartDomain _ -> {
                host.start(now.uuid());
                machine.update(MachineRecord::withStarted);
            }
            case ShutdownDomain _ -> {
                machine.update(asked -> asked.withShutdownAsked(clock.instant()));
                host.shutdown(now.uuid());
            }
            case DestroyDomain _ -> host.destroy(now.uuid());
            case UndefineDomain _ -> host.undefine(now.uuid());
            case DeleteVolume _ -> deleteVolume();
            case Forget _ -> machine.delete();
            case RecordStarted _ -> machine.update(MachineRecord::withStarted);
            case RecordStopped _, RecordCrash _ -> machine.update(MachineRecord::withStopped);
            case RecordPoweredOff _ -> machine.update(MachineRecord::withPoweredOff);
        }
    }

    VolumeState volume() {
        if (fill != null && !fill.isOver()) {
            return fill.progress();
        }
        return Files.exists(machine.files().volume()) ? new VolumeState.Ready() : new VolumeState.Absent();
    }

    /** Why the making of the volume failed, if it did since this was last asked. */
    Optional<Exception> takeFillFailure() {
        VolumeFill last = fill;
        if (last == null || !last.isOver()) {
            return Optional.empty();
        }
        fill = null;
        return last.failure();
    }

    /** Ends what goes on in the background. */
    void cancelFill() throws IOException, InterruptedException {
        if (fill != null) {
            fill.cancel();
            fill = null;
        }
    }

    private void createVolume() {
        if (fill == null) {
            fill = VolumeFill.begin(machine.files(), this::image, images, downloads, fillEnded);
        }
    }

    /** Looked up once: the record keeps it, so that a tag that moves does not change a machine's volume. */
    private ImageDescription image() throws IOException {
        Optional<ImageDescription> known = machine.current().image();
        if (known.isPresent()) {
            return known.get();
        }
        ImageDescription described = images.describe(machine.current().spec().image());
        machine.update(before -> before.withImage(described));
        return described;
    }

    private void deleteVolume() throws IOException, InterruptedException {
        cancelFill();
        Files.deleteIfExists(machine.files().partialVolume());
        Files.deleteIfExists(machine.files().volume());
    }

    private void define(Accelerator accelerator) throws IOException {
        MachineRecord defined = machine.update(before -> before.withAccelerator(accelerator));
        MachineFiles files = machine.files();
        host.define(new DomainDefinition(
                defined.domain(),
                defined.uuid(),
                defined.spec().name(),
                defined.spec().cpus(),
                defined.spec().memoryBytes(),
                accelerator,
                defined.image().orElseThrow(() -> new IOException(files.volume() + " is of an unknown image")),
                files.volume(),
                files.consoleSocket(),
                files.consoleLog()));
    }
}
