package io.dvcr.virt.control;

import io.dvcr.virt.api.ClusterVirtualMachineImageSpec;
import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.api.VirtualMachineImageSpec;
import io.dvcr.virt.resource.Resource;
import io.dvcr.virt.resource.ResourceType;
import io.dvcr.virt.resource.Resources;
import io.dvcr.virt.runtime.Hypervisor;
import io.dvcr.virt.runtime.ImageRegistry;
import io.dvcr.virt.runtime.ProvisioningDiscs;
import io.dvcr.virt.runtime.Volumes;
import java.io.Closeable;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes what the resources ask for come true on this host. It may be killed at any moment and goes on when it is started
 * again; machines run on without it. Thread-safe.
 */
public final class Controller implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Controller.class);

    private final Resources resources;
    private final ControlLoop loop;
    private final VolumePushes pushes;
    private final Closeable watch;
    private final Closeable domains;

    private Controller(Parts parts, NodeSettings node, ProvisioningDiscs discs) {
        this.resources = parts.resources();
        this.pushes = parts.pushes();
        this.loop = new ControlLoop(
                resources,
                parts.index(),
                waker -> reconcilers(parts, node, discs, waker),
                node.longestRetry(),
                parts.clock());
        this.watch = resources.watch(loop::changed);
        this.domains = parts.hypervisor().watch(this::domainChanged);
    }

    /** Begins to look after all that there is. The host need not be there. */
    public static Controller start(
            Resources resources,
            ImageRegistry registry,
            Volumes volumes,
            Hypervisor hypervisor,
            ProvisioningDiscs discs,
            NodeSettings node,
            InstantSource clock)
            throws IOException {
        Parts parts = new Parts(
                resources,
                new ReferenceIndex(),
                registry,
                volumes,
                hypervisor,
                new VolumePushes(registry, clock),
                new ReentrantLock(),
                clock);
        Controller controller = new Controller(parts, node, discs);
        controller.loop.start();
        return controller;
    }

    private static Map<ResourceType<?, ?>, Reconciler<?, ?>> reconcilers(
            Parts parts, NodeSettings node, ProvisioningDiscs discs, Waker waker) {
        return Map.of(
                Kinds.CLUSTER_IMAGE,
                new ImageReconciler<>(parts, ClusterVirtualMachineImageSpec::dataSource),
                Kinds.IMAGE,
                new ImageReconciler<>(parts, VirtualMachineImageSpec::dataSource),
                Kinds.DISK,
                new DiskReconciler(parts, waker),
                Kinds.MACHINE,
                new MachineReconciler(parts, node, discs, waker),
                Kinds.ATTACHMENT,
                new AttachmentReconciler(parts, waker),
                Kinds.OPERATION,
                new OperationReconciler(parts));
    }

    private void domainChanged(UUID uuid) {
        try {
            for (Resource<?, ?> machine : resources.list(Kinds.MACHINE)) {
                if (machine.uid().equals(uuid.toString())) {
                    loop.wake(Item.of(machine));
                }
            }
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("domain", uuid).setCause(e).log("it is looked at in its turn");
        }
    }

    /** Ends the looking-after. Machines run on. */
    @Override
    public void close() throws IOException {
        domains.close();
        watch.close();
        loop.close();
        pushes.close();
    }
}
