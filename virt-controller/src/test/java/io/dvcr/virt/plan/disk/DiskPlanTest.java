package io.dvcr.virt.plan.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.storage.Digest;
import io.dvcr.virt.api.VirtualMachineDiskStatus.Phase;
import io.dvcr.virt.plan.disk.DiskAction.BeginImport;
import io.dvcr.virt.plan.disk.DiskAction.BeginUpload;
import io.dvcr.virt.plan.disk.DiskAction.CancelTransfer;
import io.dvcr.virt.plan.disk.DiskAction.CreateBlank;
import io.dvcr.virt.plan.disk.DiskAction.DeleteVolume;
import io.dvcr.virt.plan.disk.DiskAction.DropImport;
import io.dvcr.virt.plan.disk.DiskAction.Fill;
import io.dvcr.virt.plan.disk.DiskAction.Grow;
import io.dvcr.virt.plan.disk.DiskAction.PushVolume;
import io.dvcr.virt.plan.disk.DiskAction.Release;
import io.dvcr.virt.plan.disk.DiskAction.Remember;
import io.dvcr.virt.plan.disk.DiskAction.ResizeInGuest;
import io.dvcr.virt.runtime.Device;
import io.dvcr.virt.runtime.ImageDescription;
import io.dvcr.virt.runtime.Origin;
import io.dvcr.virt.runtime.Transfer;
import io.dvcr.virt.runtime.Volumes.Volume;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DiskPlanTest {
    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");
    private static final Instant LONG_AGO = NOW.minus(Transfer.RETRY);
    private static final long GIB = 1L << 30;
    private static final ImageDescription IMAGE =
            new ImageDescription("vmi/default/debian:1", Digest.sha256(new byte[0]), GIB, false);
    private static final ImageDescription DISC =
            new ImageDescription("vmi/default/setup:1", Digest.sha256(new byte[0]), GIB, true);
    private static final Volume ABSENT = new Volume.Absent();

    @Test
    void a_blank_disk_is_made_of_zeros() {
        DiskObserved observed = making(Optional.of(5L), new Origin.Blank(), new Transfer.None(), ABSENT);
        assertThat(DiskPlan.plan(observed)).containsExactly(new CreateBlank(5));
    }

    @Test
    void a_disk_has_the_size_of_its_image_or_the_larger_one_that_is_asked_for() {
        Origin origin = new Origin.Image(IMAGE, "uid");
        assertThat(DiskPlan.plan(making(Optional.empty(), origin, new Transfer.None(), ABSENT)))
                .containsExactly(new Remember(IMAGE), new Fill(IMAGE, GIB));
        assertThat(DiskPlan.plan(making(Optional.of(3 * GIB), origin, new Transfer.None(), ABSENT)))
                .containsExactly(new Remember(IMAGE), new Fill(IMAGE, 3 * GIB));
    }

    @Test
    void a_disk_smaller_than_its_image_is_refused_with_both_sizes() {
        DiskObserved observed =
                making(Optional.of(GIB - 1), new Origin.Image(IMAGE, "uid"), new Transfer.None(), ABSENT);
        assertThat(DiskPlan.plan(observed)).isEmpty();
        assertThat(DiskTold.of(observed).phase()).isEqualTo(Phase.Failed);
        assertThat(DiskTold.of(observed).reason()).isEqualTo("SizeTooSmall");
        assertThat(DiskTold.of(observed).message()).contains("" + GIB, "" + (GIB - 1));
    }

    @Test
    void no_disk_is_made_of_a_cdrom() {
        DiskObserved observed = making(Optional.empty(), new Origin.Image(DISC, "uid"), new Transfer.None(), ABSENT);
        assertThat(DiskPlan.plan(observed)).isEmpty();
        assertThat(DiskTold.of(observed).reason()).isEqualTo("ImageIsCdrom");
    }

    @Test
    void what_is_not_in_the_registry_yet_is_brought_there_first() {
        assertThat(begun(new Origin.External())).containsExactly(new BeginImport());
        assertThat(begun(new Origin.Upload())).containsExactly(new BeginUpload());
        assertThat(begun(new Origin.Volume(Path.of("/v"), "uid"))).containsExactly(new PushVolume());
        assertThat(begun(new Origin.NotReady("X", "y"))).isEmpty();
    }

    @Test
    void an_import_under_way_is_waited_for_and_one_that_failed_for_good_is_not_begun_again() {
        Origin external = new Origin.External();
        assertThat(DiskPlan.plan(making(Optional.empty(), external, new Transfer.Running(5, 1, 1), ABSENT)))
                .isEmpty();
        DiskObserved failed = making(
                Optional.empty(),
                external,
                new Transfer.Failed("QCOW2_BACKING_FILE", "names a file", false, LONG_AGO),
                ABSENT);
        assertThat(DiskPlan.plan(failed)).isEmpty();
        assertThat(DiskTold.of(failed).reason()).isEqualTo("Qcow2BackingFile");
        assertThat(DiskPlan.plan(making(
                        Optional.empty(),
                        external,
                        new Transfer.Failed("SOURCE_UNREACHABLE", "", true, LONG_AGO),
                        ABSENT)))
                .containsExactly(new BeginImport());
    }

    @Test
    void a_disk_grows_and_its_guest_is_told_but_never_shrinks() {
        DiskObserved growing = ready(Optional.of(2 * GIB), GIB, GIB);
        assertThat(DiskPlan.plan(growing)).containsExactly(new Grow(2 * GIB), new ResizeInGuest(2 * GIB));
        assertThat(DiskTold.of(growing).phase()).isEqualTo(Phase.Resizing);
        assertThat(DiskPlan.plan(ready(Optional.of(2 * GIB), 2 * GIB, GIB)))
                .containsExactly(new ResizeInGuest(2 * GIB));
        assertThat(DiskPlan.plan(ready(Optional.of(GIB), 2 * GIB, 2 * GIB))).isEmpty();
        assertThat(DiskTold.of(ready(Optional.of(GIB), 2 * GIB, 2 * GIB)).reason())
                .isEqualTo("CannotShrink");
    }

    @Test
    void what_was_imported_for_a_disk_alone_goes_once_the_disk_has_it() {
        DiskObserved observed = new DiskObserved(
                false,
                true,
                true,
                Optional.empty(),
                Optional.of(IMAGE),
                true,
                new Origin.External(),
                new Transfer.None(),
                volume(GIB),
                GIB,
                List.of(),
                NOW);
        assertThat(DiskPlan.plan(observed)).containsExactly(new DropImport());
    }

    @Test
    void a_volume_that_has_vanished_is_not_made_again() {
        DiskObserved observed = new DiskObserved(
                false,
                true,
                true,
                Optional.empty(),
                Optional.of(IMAGE),
                false,
                new Origin.Image(IMAGE, "uid"),
                new Transfer.None(),
                ABSENT,
                GIB,
                List.of(),
                NOW);
        assertThat(DiskPlan.plan(observed)).isEmpty();
        assertThat(DiskTold.of(observed).phase()).isEqualTo(Phase.Lost);
    }

    @Test
    void a_disk_in_use_waits_for_its_last_user_and_names_it() {
        DiskObserved used = deleting(List.of("VirtualMachine default/web"), volume(GIB));
        assertThat(DiskPlan.plan(used)).isEmpty();
        assertThat(DiskTold.of(used).message()).contains("VirtualMachine default/web");
        assertThat(DiskPlan.plan(deleting(List.of(), volume(GIB))))
                .containsExactly(new CancelTransfer(), new DeleteVolume(), new Release());
    }

    private static List<DiskAction> begun(Origin origin) {
        return DiskPlan.plan(making(Optional.empty(), origin, new Transfer.None(), ABSENT));
    }

    private static DiskObserved making(Optional<Long> size, Origin origin, Transfer transfer, Volume volume) {
        return new DiskObserved(
                false, true, false, size, Optional.empty(), false, origin, transfer, volume, 0, List.of(), NOW);
    }

    private static DiskObserved ready(Optional<Long> size, long bytes, long guestBytes) {
        return new DiskObserved(
                false,
                true,
                true,
                size,
                Optional.of(IMAGE),
                false,
                new Origin.External(),
                new Transfer.None(),
                volume(bytes),
                guestBytes,
                List.of(),
                NOW);
    }

    private static DiskObserved deleting(List<String> users, Volume volume) {
        return new DiskObserved(
                true,
                true,
                true,
                Optional.empty(),
                Optional.of(IMAGE),
                false,
                new Origin.External(),
                new Transfer.Running(5, 1, 1),
                volume,
                GIB,
                users,
                NOW);
    }

    private static Volume volume(long bytes) {
        return new Volume.Ready(
                new Device("uid", Path.of("/volumes/uid/disk"), Device.Format.RAW, false, false), bytes);
    }
}
