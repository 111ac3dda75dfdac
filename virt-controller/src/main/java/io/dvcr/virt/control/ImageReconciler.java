package io.dvcr.virt.control;

import io.dvcr.storage.RegistryException;
import io.dvcr.virt.api.DataSource;
import io.dvcr.virt.api.ImageStatus;
import io.dvcr.virt.api.ImageStatus.ImageSize;
import io.dvcr.virt.api.ImageStatus.Phase;
import io.dvcr.virt.api.ImageStatus.Target;
import io.dvcr.virt.plan.Told;
import io.dvcr.virt.plan.image.ImageAction;
import io.dvcr.virt.plan.image.ImageAction.BeginImport;
import io.dvcr.virt.plan.image.ImageAction.BeginUpload;
import io.dvcr.virt.plan.image.ImageAction.CancelTransfer;
import io.dvcr.virt.plan.image.ImageAction.CopyImage;
import io.dvcr.virt.plan.image.ImageAction.DeleteImage;
import io.dvcr.virt.plan.image.ImageAction.Hold;
import io.dvcr.virt.plan.image.ImageAction.PushVolume;
import io.dvcr.virt.plan.image.ImageAction.Release;
import io.dvcr.virt.plan.image.ImageObserved;
import io.dvcr.virt.plan.image.ImagePlan;
import io.dvcr.virt.plan.image.ImageTold;
import io.dvcr.virt.resource.Condition;
import io.dvcr.virt.resource.Resource;
import io.dvcr.virt.runtime.ImageRegistry.StoredImage;
import io.dvcr.virt.runtime.Origin;
import io.dvcr.virt.runtime.Transfer;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Looks after images, of the cluster or of a namespace.
 *
 * @param <S> their spec
 */
final class ImageReconciler<S extends Record> implements Reconciler<S, ImageStatus> {
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration AGAIN = Duration.ofSeconds(30);

    /** Nothing is under way. */
    private static final Set<Phase> SETTLED = EnumSet.of(Phase.Ready, Phase.ImageLost, Phase.Failed);

    private final Parts parts;
    private final Function<S, DataSource> source;
    private final Origins origins;
    private final DiskUse use;
    private final ImageCopies copies;

    /** @param source where the content of an image comes from */
    ImageReconciler(Parts parts, Function<S, DataSource> source) {
        this.parts = parts;
        this.source = source;
        this.use = new DiskUse(parts);
        this.origins = new Origins(parts, use);
        this.copies = new ImageCopies(parts, use);
    }

    @Override
    public Duration reconcile(Resource<S, ImageStatus> image) throws IOException, InterruptedException {
        ImageObserved observed = observe(image);
        Resource<S, ImageStatus> now = image;
        copies.dropUnused(image);
        for (ImageAction step : ImagePlan.plan(observed)) {
            if (step instanceof Release) {
                Holds.release(parts.resources(), now);
                return AGAIN;
            }
            now = take(step, now);
        }
        ImageObserved after = observe(now);
        Phase phase = tell(now, after);
        boolean isWaiting = after.origin() instanceof Origin.NotReady && after.transfer() instanceof Transfer.None;
        return SETTLED.contains(phase) || isWaiting ? AGAIN : SOON;
    }

    private ImageObserved observe(Resource<S, ImageStatus> image) throws IOException {
        Phase phase = image.status().phase();
        Optional<StoredImage> stored = stored(image);
        return new ImageObserved(
                image.isTerminating(),
                Holds.isHeld(image),
                phase == Phase.Ready || phase == Phase.ImageLost,
                image.metadata().generation() > image.status().observedGeneration(),
                stored,
                stored.isPresent()
                        ? new Origin.External()
                        : origins.of(source.apply(image.spec()), image.key().namespace()),
                transfers(image).state(),
                use.users(Item.of(image)),
                parts.clock().instant());
    }

    /** An image that is still being converted is none yet. */
    private Optional<StoredImage> stored(Resource<S, ImageStatus> image) throws IOException {
        try {
            return parts.registry().find(Names.reference(image));
        } catch (RegistryException _) {
            return Optional.empty();
        }
    }

    private Transfers transfers(Resource<S, ImageStatus> image) {
        return new Transfers(parts, Names.reference(image), image.status().importJob());
    }

    private Resource<S, ImageStatus> take(ImageAction step, Resource<S, ImageStatus> image)
            throws IOException, InterruptedException {
        String target = Names.reference(image);
        switch (step) {
            case Hold _ -> {
                return Holds.hold(parts.resources(), image);
            }
            case BeginImport _ -> {
                return withJob(image, Optional.of(parts.registry().beginImport(target, source.apply(image.spec()))));
            }
            case BeginUpload _ -> {
                DataSource upload = source.apply(image.spec());
                return withJob(
                        image,
                        Optional.of(parts.registry()
                                .beginUpload(target, upload.upload().flatMap(DataSource.Upload::checksum))));
            }
            case CopyImage(var from) -> parts.registry().copy(from, target);
            case PushVolume _ ->
                origins.push(source.apply(image.spec()), image.key().namespace(), target, () -> {});
            case CancelTransfer _ -> {
                transfers(image).cancel();
                return withJob(image, Optional.empty());
            }
            case DeleteImage _ -> parts.registry().delete(target);
            case Release _ -> throw new IllegalStateException("released before all is gone");
        }
        return image;
    }

    private Resource<S, ImageStatus> withJob(Resource<S, ImageStatus> image, Optional<String> job) throws IOException {
        return parts.resources().updateStatus(image.withStatus(image.status().withImportJob(job)));
    }

    private Phase tell(Resource<S, ImageStatus> image, ImageObserved observed) throws IOException {
        Told<Phase> told = ImageTold.of(observed);
        ImageStatus before = image.status();
        Optional<StoredImage> stored = observed.stored();
        long generation = image.metadata().generation();
        ImageStatus status = new ImageStatus(
                told.phase(),
                progress(told.phase(), before, observed.transfer()),
                observed.transfer() instanceof Transfer.AwaitingUpload(var command)
                        ? Optional.of(command)
                        : Optional.empty(),
                Transfers.speed(observed.transfer()).or(before::downloadSpeed),
                duration(before, observed.transfer()),
                stored.map(StoredImage::format).or(before::format),
                stored.map(found -> found.description().cdrom()).orElse(before.cdrom()),
                stored.map(ImageReconciler::size).or(before::size),
                stored.isPresent() ? stored.map(this::target) : before.target(),
                usages(image),
                before.importJob(),
                observed.origin() instanceof Origin.Image from && !from.uid().isEmpty()
                        ? Optional.of(from.uid())
                        : before.sourceUID(),
                Condition.with(before.conditions(), told.condition(generation, parts.now())),
                generation);
        if (!status.equals(before)) {
            parts.resources().updateStatus(image.withStatus(status));
        }
        parts.noteIfChanged(image, before.phase(), told);
        return told.phase();
    }

    private static Optional<String> progress(Phase phase, ImageStatus before, Transfer transfer) {
        if (phase == Phase.Ready) {
            return Optional.of("100%");
        }
        return transfer instanceof Transfer.Running running
                ? Optional.of(Human.furthest(before.progress(), Math.min(99, running.percent())))
                : before.progress();
    }

    private static Optional<String> duration(ImageStatus before, Transfer transfer) {
        return transfer instanceof Transfer.Succeeded done && done.seconds() > 0
                ? Optional.of(Human.duration(Duration.ofMillis((long) (done.seconds() * 1000))))
                : before.importDuration();
    }

    private static ImageSize size(StoredImage stored) {
        long unpacked = stored.description().virtualSizeBytes();
        return new ImageSize(
                Human.bytes(stored.storedBytes()),
                Long.toString(stored.storedBytes()),
                Human.bytes(unpacked),
                Long.toString(unpacked));
    }

    private Target target(StoredImage stored) {
        return new Target(
                Optional.of(parts.registry().url(stored.description().reference())),
                Optional.of(stored.description().digest().toString()),
                Optional.empty());
    }

    private List<ImageStatus.Usage> usages(Resource<S, ImageStatus> image) throws IOException {
        return use.machines(Item.of(image)).stream()
                .map(key -> new ImageStatus.Usage(key.name(), key.namespace().orElse("")))
                .toList();
    }
}
