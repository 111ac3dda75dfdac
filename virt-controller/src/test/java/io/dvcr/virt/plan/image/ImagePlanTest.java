package io.dvcr.virt.plan.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.storage.Digest;
import io.dvcr.virt.api.ImageStatus.Phase;
import io.dvcr.virt.plan.image.ImageAction.BeginImport;
import io.dvcr.virt.plan.image.ImageAction.BeginUpload;
import io.dvcr.virt.plan.image.ImageAction.CancelTransfer;
import io.dvcr.virt.plan.image.ImageAction.CopyImage;
import io.dvcr.virt.plan.image.ImageAction.DeleteImage;
import io.dvcr.virt.plan.image.ImageAction.PushVolume;
import io.dvcr.virt.plan.image.ImageAction.Release;
import io.dvcr.virt.runtime.ImageDescription;
import io.dvcr.virt.runtime.ImageRegistry.StoredImage;
import io.dvcr.virt.runtime.Origin;
import io.dvcr.virt.runtime.Transfer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ImagePlanTest {
    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");
    private static final Instant LONG_AGO = NOW.minus(Transfer.RETRY);

    private static final ImageDescription IMAGE =
            new ImageDescription("vmi/default/debian:1", Digest.sha256(new byte[0]), 1 << 20, false);
    private static final Optional<StoredImage> STORED = Optional.of(new StoredImage(IMAGE, 1 << 10, "qcow2"));

    @Test
    void each_source_has_its_way_into_the_registry() {
        assertThat(plan(new Origin.External(), new Transfer.None())).containsExactly(new BeginImport());
        assertThat(plan(new Origin.Upload(), new Transfer.None())).containsExactly(new BeginUpload());
        assertThat(plan(new Origin.Image(IMAGE, "uid"), new Transfer.None())).containsExactly(new CopyImage(IMAGE));
        assertThat(plan(new Origin.Volume(Path.of("/v"), "uid"), new Transfer.None()))
                .containsExactly(new PushVolume());
    }

    @Test
    void what_is_under_way_is_waited_for() {
        assertThat(plan(new Origin.External(), new Transfer.Queued())).isEmpty();
        assertThat(plan(new Origin.External(), new Transfer.Running(5, 1, 1))).isEmpty();
        assertThat(plan(new Origin.Upload(), new Transfer.AwaitingUpload("curl")))
                .isEmpty();
    }

    @Test
    void an_upload_that_has_expired_is_offered_anew() {
        assertThat(plan(new Origin.Upload(), new Transfer.None())).containsExactly(new BeginUpload());
    }

    @Test
    void only_failures_that_may_pass_are_tried_again() {
        assertThat(plan(new Origin.External(), new Transfer.Failed("SOURCE_UNREACHABLE", "", true, LONG_AGO)))
                .containsExactly(new BeginImport());
        assertThat(plan(
                        new Origin.External(),
                        new Transfer.Failed("SOURCE_UNREACHABLE", "", true, LONG_AGO.plusSeconds(1))))
                .isEmpty();
        assertThat(plan(new Origin.External(), new Transfer.Failed("CHECKSUM_MISMATCH", "", false, LONG_AGO)))
                .isEmpty();
    }

    @Test
    void an_image_that_the_registry_has_lost_is_said_to_be_lost() {
        ImageObserved observed = new ImageObserved(
                false, true, true, false, Optional.empty(), new Origin.External(), new Transfer.None(), List.of(), NOW);
        assertThat(ImagePlan.plan(observed)).isEmpty();
        assertThat(ImageTold.of(observed).phase()).isEqualTo(Phase.ImageLost);
    }

    @Test
    void an_image_in_use_waits_for_its_last_user_and_names_it() {
        ImageObserved used = deleting(List.of("VirtualMachine default/web"));
        assertThat(ImagePlan.plan(used)).isEmpty();
        assertThat(ImageTold.of(used).phase()).isEqualTo(Phase.Terminating);
        assertThat(ImageTold.of(used).message()).contains("VirtualMachine default/web");
        assertThat(ImagePlan.plan(deleting(List.of())))
                .containsExactly(new CancelTransfer(), new DeleteImage(), new Release());
    }

    @Test
    void what_is_under_way_ends_when_something_else_is_asked_for() {
        ImageObserved observed = new ImageObserved(
                false,
                true,
                false,
                true,
                Optional.empty(),
                new Origin.External(),
                new Transfer.Running(5, 1, 1),
                List.of(),
                NOW);
        assertThat(ImagePlan.plan(observed)).containsExactly(new CancelTransfer());
    }

    private static List<ImageAction> plan(Origin origin, Transfer transfer) {
        return ImagePlan.plan(
                new ImageObserved(false, true, false, false, Optional.empty(), origin, transfer, List.of(), NOW));
    }

    private static ImageObserved deleting(List<String> users) {
        return new ImageObserved(
                true, true, true, false, STORED, new Origin.External(), new Transfer.Running(1, 1, 1), users, NOW);
    }
}
