package io.dvcr.virt.control;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RegistryException;
import io.dvcr.virt.api.DataSource;
import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.api.VirtualMachineDiskSpec;
import io.dvcr.virt.api.VirtualMachineDiskStatus;
import io.dvcr.virt.api.VirtualMachineDiskStatus.Attached;
import io.dvcr.virt.api.VirtualMachineDiskStatus.Phase;
import io.dvcr.virt.api.VirtualMachineDiskStatus.Source;
import io.dvcr.virt.api.VirtualMachineDiskStatus.Target;
import io.dvcr.virt.plan.Told;
import io.dvcr.virt.plan.disk.DiskAction;
import io.dvcr.virt.plan.disk.DiskAction.BeginImport;
import io.dvcr.virt.plan.disk.DiskAction.BeginUpload;
import io.dvcr.virt.plan.disk.DiskAction.CancelTransfer;
import io.dvcr.virt.plan.disk.DiskAction.CreateBlank;
import io.dvcr.virt.plan.disk.DiskAction.DeleteVolume;
import io.dvcr.virt.plan.disk.DiskAction.DropImport;
import io.dvcr.virt.plan.disk.DiskAction.Fill;
import io.dvcr.virt.plan.disk.DiskAction.Grow;
import io.dvcr.virt.plan.disk.DiskAction.Hold;
import io.dvcr.virt.plan.disk.DiskAction.PushVolume;
import io.dvcr.virt.plan.disk.DiskAction.Release;
import io.dvcr.virt.plan.disk.DiskAction.Remember;
import io.dvcr.virt.plan.disk.DiskAction.ResizeInGuest;
import io.dvcr.virt.plan.disk.DiskObserved;
import io.dvcr.virt.plan.disk.DiskPlan;
import io.dvcr.virt.plan.disk.DiskTold;
import io.dvcr.virt.resource.Condition;
import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.Quantity;
import io.dvcr.virt.resource.Resource;
import io.dvcr.virt.runtime.Domain;
import io.dvcr.virt.runtime.ImageDescription;
import io.dvcr.virt.runtime.ImageRegistry.StoredImage;
import io.dvcr.virt.runtime.Origin;
import io.dvcr.virt.runtime.Transfer;
import io.dvcr.virt.runtime.Volumes.Volume;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Looks after disks. */
final class DiskReconciler implements Reconciler<VirtualMachineDiskSpec, VirtualMachineDiskStatus> {
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration AGAIN = Duration.ofSeconds(30);

    /** Nothing is under way. */
    private static final Set<Phase> SETTLED = EnumSet.of(Phase.Ready, Phase.Lost, Phase.Failed);

    private final Parts parts;
    private final Origins origins;
    private final DiskUse use;
    private final Waker waker;

    DiskReconciler(Parts parts, Waker waker) {
        this.parts = parts;
        this.waker = waker;
        this.use = new DiskUse(parts);
        this.origins = new Origins(parts, use);
    }

    @Override
    public Duration reconcile(Resource<VirtualMachineDiskSpec, VirtualMachineDiskStatus> disk)
            throws IOException, InterruptedException {
        Resource<VirtualMachineDiskSpec, VirtualMachineDiskStatus> now = disk;
        for (DiskAction step : DiskPlan.plan(observe(disk))) {
            if (step instanceof Release) {
                Holds.release(parts.resources(), now);
                return AGAIN;
            }
            now = take(step, now);
        }
        DiskObserved after = observe(now);
        Phase phase = tell(now, after);
        boolean isWaiting = after.origin() instanceof Origin.NotReady && after.transfer() instanceof Transfer.None;
        return SETTLED.contains(phase) || isWaiting ? AGAIN : SOON;
    }

    private DiskObserved observe(Resource<VirtualMachineDiskSpec, VirtualMachineDiskStatus> disk) throws IOException {
        VirtualMachineDiskStatus status = disk.status();
        Optional<StoredImage> imported = imported(disk);
        return new DiskObserved(
                disk.isTerminating(),
                Holds.isHeld(disk),
                status.capacity().isPresent(),
                disk.spec().size().map(Quantity::bytes),
                status.source().flatMap(DiskReconciler::description),
                imported.isPresent(),
                origin(disk, imported),
                transfers(disk).state(),
                parts.volumes().find(disk.uid()),
                status.capacity().map(size -> Quantity.parse(size).bytes()).orElse(0L),
                use.users(Item.of(disk)),
                parts.clock().instant());
    }

    private Origin origin(
            Resource<VirtualMachineDiskSpec, VirtualMachineDiskStatus> disk, Optional<StoredImage> imported)
            throws IOException {
        if (disk.spec().dataSource().isEmpty()) {
            return new Origin.Blank();
        }
        if (imported.isPresent()) {
            return new Origin.Image(imported.get().description(), "");
        }
        return origins.of(disk.spec().dataSource().get(), disk.key().namespace());
    }

    /** What the registry has for this disk alone. */
    private Optional<StoredImage> imported(Resource<VirtualMachineDiskSpec, VirtualMachineDiskStatus> disk)
            throws IOException {
        if (disk.spec().dataSource().isEmpty()) {
            return Optional.empty();
        }
        try {
            return parts.registry().find(Names.reference(disk));
        } catch (RegistryException _) {
            return Optional.empty();
        }
    }

    private static Optional<ImageDescription> description(Source source) {
        return source.digest()
                .map(digest -> new ImageDescription(
                        source.image().orElseThrow(),
                        Digest.parse(digest),
                        source.unpackedBytes().orElseThrow(),
                        source.cdrom()));
    }

    private Transfers transfers(Resource<VirtualMachineDiskSpec, VirtualMachineDiskStatus> disk) {
        return new Transfers(
                parts, Names.reference(disk), disk.status().source().flatMap(Source::importJob));
    }

    private Resource<VirtualMachineDiskSpec, VirtualMachineDiskStatus> take(
            DiskAction step, Resource<VirtualMachineDiskSpec, VirtualMachineDiskStatus> disk)
            throws IOException, InterruptedException {
        String target = Names.reference(disk);
        Runnable changed = () -> waker.wake(Item.of(disk));
        switch (step) {
            case Hold _ -> {
                return Holds.hold(parts.resources(), disk);
            }
            case BeginImport _ -> {
                return withJob(
                        disk,
                        parts.registry()
                                .beginImport(target, disk.spec().dataSource().orElseThrow()));
            }
            case BeginUpload _ -> {
                DataSource source = disk.spec().dataSource().orElseThrow();
                return withJob(
                        disk,
                        parts.registry().beginUpload(target, source.upload().flatMap(DataSource.Upload::checksum)));
            }
            case Remember(var source) -> {
                return withSource(disk, source);
            }
            case PushVolume _ ->
                origins.push(disk.spec().dataSource().orElseThrow(), disk.key().namespace(), target, changed);
            case CreateBlank(var bytes) ->
                parts.volumes().createBlank(disk.uid(), disk.spec().storageClassName(), bytes);
            case Fill(var source, var bytes) ->
                parts.volumes()
                        .createFromImage(disk.uid(), disk.spec().storageClassName(), source, bytes, false, changed);
            case Grow(var bytes) -> parts.volumes().grow(disk.uid(), bytes);
            case ResizeInGuest(var bytes) -> resizeInGuest(disk, bytes);
            case DropImport _ -> parts.registry().delete(target);
            case CancelTransfer _ -> transfers(disk).cancel();
            case DeleteVolume _ -> parts.volumes().delete(disk.uid());
            case Release _ -> throw new IllegalStateException("released before all is gone");
        }
        return disk;
    }

    private void resizeInGuest(Resource<?, ?> disk, long bytes) throws IOException {
        for (Key key : use.machines(Item.of(disk))) {
            var machine = parts.resources().find(Kinds.MACHINE, key);
            if (machine.isPresent()) {
                UUID uuid = UUID.fromString(machine.get().uid());
                if (parts.hypervisor().find(uuid) instanceof Domain.Active active
                        && active.devices().containsKey(disk.uid())) {
                    parts.hypervisor().resize(uuid, disk.uid(), bytes);
                }
            }
        }
    }

    private Resource<VirtualMachineDiskSpec, VirtualMachineDiskStatus> withJob(
            Resource<VirtualMachineDiskSpec, VirtualMachineDiskStatus> disk, String job) throws IOException {
        return withSource(
                disk,
                new Source(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        false,
                        Optional.of(job),
                        Optional.empty()));
    }

    private Resource<VirtualMachineDiskSpec, VirtualMachineDiskStatus> withSource(
            Resource<VirtualMachineDiskSpec, VirtualMachineDiskStatus> disk, ImageDescription image)
            throws IOException {
        return withSource(
                disk,
                new Source(
                        Optional.of(image.reference()),
                        Optional.of(image.digest().toString()),
                        Optional.of(image.virtualSizeBytes()),
                        image.cdrom(),
                        disk.status().source().flatMap(Source::importJob),
                        Optional.empty()));
    }

    private Resource<VirtualMachineDiskSpec, VirtualMachineDiskStatus> withSource(
            Resource<VirtualMachineDiskSpec, VirtualMachineDiskStatus> disk, Source source) throws IOException {
        return parts.resources().updateStatus(disk.withStatus(disk.status().withSource(source)));
    }

    private Phase tell(Resource<VirtualMachineDiskSpec, VirtualMachineDiskStatus> disk, DiskObserved observed)
            throws IOException {
        Told<Phase> told = DiskTold.of(observed);
        VirtualMachineDiskStatus before = disk.status();
        long generation = disk.metadata().generation();
        VirtualMachineDiskStatus status = new VirtualMachineDiskStatus(
                told.phase(),
                progress(observed, before),
                observed.volume() instanceof Volume.Ready ready
                        ? Optional.of(Quantity.ofBytes(ready.bytes()).text())
                        : before.capacity(),
                observed.transfer() instanceof Transfer.AwaitingUpload(var command)
                        ? Optional.of(command)
                        : Optional.empty(),
                Transfers.speed(observed.transfer()).or(before::downloadSpeed),
                before.importDuration().or(() -> duration(disk, told.phase())),
                Optional.of(disk.spec().storageClassName().orElseGet(parts.volumes()::defaultStorageClass)),
                observed.volume() instanceof Volume.Ready ready
                        ? Optional.of(new Target(
                                Optional.empty(),
                                Optional.of(ready.device().path().toString())))
                        : before.target(),
                before.source(),
                attached(disk),
                Condition.with(before.conditions(), told.condition(generation, parts.now())),
                generation);
        if (!status.equals(before)) {
            parts.resources().updateStatus(disk.withStatus(status));
        }
        parts.noteIfChanged(disk, before.phase(), told);
        return told.phase();
    }

    /** An import is the first half of the way, the volume the second; one that needs none is the whole way. */
    private static Optional<String> progress(DiskObserved observed, VirtualMachineDiskStatus before) {
        boolean imports = before.source().flatMap(Source::importJob).isPresent();
        return switch (observed.volume()) {
            case Volume.Ready _ -> Optional.of("100%");
            case Volume.Filling filling ->
                Optional.of(Human.furthest(
                        before.progress(), Math.min(99, imports ? 50 + filling.percent() / 2 : filling.percent())));
            case Volume.Absent _, Volume.Failed _ ->
                observed.transfer() instanceof Transfer.Running running
                        ? Optional.of(Human.furthest(before.progress(), running.percent() / 2))
                        : before.progress();
        };
    }

    private Optional<String> duration(Resource<?, ?> disk, Phase phase) {
        return phase == Phase.Ready
                ? disk.metadata()
                        .creationTimestamp()
                        .map(created -> Human.duration(Duration.between(created, parts.now())))
                : Optional.empty();
    }

    private List<Attached> attached(Resource<?, ?> disk) throws IOException {
        List<Attached> attached = new ArrayList<>();
        for (Key key : use.machines(Item.of(disk))) {
            var machine = parts.resources().find(Kinds.MACHINE, key);
            if (machine.isPresent()
                    && machine.get().status().blockDevicesAttached().stream()
                            .anyMatch(device -> References.of(
                                            device.device(), key.namespace().orElse(""))
                                    .equals(Item.of(disk)))) {
                attached.add(new Attached(key.name()));
            }
        }
        return List.copyOf(attached);
    }
}
