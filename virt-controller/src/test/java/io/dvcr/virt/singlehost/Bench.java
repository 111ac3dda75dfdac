package io.dvcr.virt.singlehost;

import static org.assertj.core.api.Assertions.fail;

import io.dvcr.storage.RegistryException;
import io.dvcr.virt.machine.AcceleratorRequest;
import io.dvcr.virt.machine.Machine;
import io.dvcr.virt.machine.MachineName;
import io.dvcr.virt.machine.MachinePhase;
import io.dvcr.virt.machine.MachineSpec;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A controller on a fake host with fake images, which can be killed and opened again. */
final class Bench implements Closeable {
    static final MachineName WEB = new MachineName("web");
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    final Path data;
    final Mortality mortality = new Mortality();
    final FakeHost host = new FakeHost(mortality);
    final FakeImages images = new FakeImages(mortality);
    private @Nullable MachineController controller;

    Bench(Path data) {
        this.data = data;
    }

    /** Opens the controller if it is not open. */
    MachineController controller() throws IOException {
        return controller(Duration.ofMillis(100));
    }

    MachineController controller(Duration shutdownGrace) throws IOException {
        if (controller == null) {
            Duration tick = Duration.ofMillis(10);
            controller = MachineController.open(data, images, host, new MachineSettings(tick, shutdownGrace, tick, 2));
        }
        return controller;
    }

    static MachineSpec spec(String name, String image) {
        return MachineSpec.parse(name, image, 1, 512L << 20, AcceleratorRequest.AUTO);
    }

    Machine createWeb() throws IOException {
        return controller().create(spec("web", FakeImages.DISK));
    }

    Machine runWeb() throws IOException {
        createWeb();
        return awaitPhase(MachinePhase.Running);
    }

    Machine awaitPhase(MachinePhase phase) throws IOException {
        return awaitWeb(machine -> machine.status().phase() == phase);
    }

    Machine awaitReason(String reason) throws IOException {
        return awaitWeb(machine -> machine.status().reason().equals(reason));
    }

    Machine awaitWeb(Predicate<Machine> condition) throws IOException {
        MachineController open = controller();
        await(() -> condition.test(open.get(WEB)), () -> open.get(WEB).toString());
        return open.get(WEB);
    }

    void awaitGone() throws IOException {
        MachineController open = controller();
        await(() -> isGone(open), () -> open.get(WEB).toString());
    }

    static boolean isGone(MachineController controller) {
        try {
            controller.get(WEB);
            return false;
        } catch (RegistryException _) {
            return true;
        }
    }

    void await(BooleanSupplier condition) {
        await(condition, () -> "nothing to add");
    }

    private void await(BooleanSupplier condition, Supplier<String> state) {
        Instant end = Instant.now().plus(PATIENCE);
        while (!condition.getAsBoolean()) {
            if (Instant.now().isAfter(end)) {
                fail("still not so after " + PATIENCE + ": " + state.get());
            }
            try {
                Thread.sleep(2);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (controller != null) {
            controller.close();
            controller = null;
        }
    }
}
