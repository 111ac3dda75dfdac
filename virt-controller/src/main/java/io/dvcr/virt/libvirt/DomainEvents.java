package io.dvcr.virt.libvirt;

import com.sun.jna.Callback;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens to what libvirt tells of domains, over a connection of its own, which is made anew when it is lost. The thread
 * that listens ends when this is closed. Whatever happens while there is no connection is not told.
 */
final class DomainEvents implements Closeable {
    /** Takes what is told, on a thread that must not wait. */
    interface Listener {
        /** Something about the domain may be different now. */
        void changed(UUID domain);

        /** The guest was reset, or reset itself. */
        void rebooted(UUID domain);
    }

    private static final Logger LOG = LoggerFactory.getLogger(DomainEvents.class);
    private static final Duration RETRY = Duration.ofSeconds(2);
    private static final int KEEPALIVE_SECONDS = 5;
    private static final int MOST_LOST_KEEPALIVES = 3;
    private static final int LONGEST_WAIT_MILLIS = 500;
    private static final int UUID_BYTES = 37;

    private final String uri;
    private final Listener listener;
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Held for as long as libvirt may call them. */
    private final List<Callback> callbacks;

    private DomainEvents(String uri, Listener listener) {
        this.uri = uri;
        this.listener = listener;
        LibvirtEvents.Lifecycle lifecycle = (_, domain, _, _, _) -> {
            changed(domain);
            return 0;
        };
        LibvirtEvents.Generic reboot = (_, domain, _) -> tellRebooted(domain);
        LibvirtEvents.Named removed = (_, domain, _, _) -> changed(domain);
        LibvirtEvents.Agent agent = (_, domain, _, _, _) -> changed(domain);
        LibvirtEvents.Timeout wake = (_, _) -> {};
        this.callbacks = List.of(lifecycle, reboot, removed, agent, wake);
    }

    static DomainEvents listen(String uri, Listener listener) {
        DomainEvents events = new DomainEvents(uri, listener);
        Thread.ofPlatform().daemon().name("libvirt-events").start(events::run);
        return events;
    }

    private void run() {
        while (!isClosed()) {
            try {
                listen();
            } catch (IOException | LinkageError e) {
                LOG.atDebug().addKeyValue("uri", uri).log("no events of libvirt: {}", e.getMessage());
            }
            try {
                boolean _ = closed.await(RETRY.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException _) {
                return;
            }
        }
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    /** Returns when it is closed, or the connection is lost. */
    private void listen() throws IOException {
        LibvirtEvents libvirt = Native.load("virt", LibvirtEvents.class);
        check(libvirt, libvirt.virEventRegisterDefaultImpl());
        int timer = libvirt.virEventAddTimeout(LONGEST_WAIT_MILLIS, callbacks.getLast(), Pointer.NULL, Pointer.NULL);
        @Nullable Pointer connection = libvirt.virConnectOpen(uri);
        try {
            if (connection == null) {
                throw new IOException(libvirt.virGetLastErrorMessage());
            }
            List<Integer> registrations = register(libvirt, connection);
            while (!isClosed() && libvirt.virConnectIsAlive(connection) == 1) {
                check(libvirt, libvirt.virEventRunDefaultImpl());
            }
            registrations.forEach(id -> libvirt.virConnectDomainEventDeregisterAny(connection, id));
        } finally {
            libvirt.virEventRemoveTimeout(timer);
            if (connection != null) {
                libvirt.virConnectClose(connection);
            }
        }
    }

    /** Each holds the connection until it is taken back. */
    private List<Integer> register(LibvirtEvents libvirt, Pointer connection) throws IOException {
        List<Integer> registrations = new ArrayList<>();
        check(libvirt, libvirt.virConnectSetKeepAlive(connection, KEEPALIVE_SECONDS, MOST_LOST_KEEPALIVES));
        for (int i = 0; i < LibvirtEvents.IDS.size(); i++) {
            int registration = libvirt.virConnectDomainEventRegisterAny(
                    connection, Pointer.NULL, LibvirtEvents.IDS.get(i), callbacks.get(i), Pointer.NULL, Pointer.NULL);
            check(libvirt, registration);
            registrations.add(registration);
        }
        return registrations;
    }

    private static void check(LibvirtEvents libvirt, int result) throws IOException {
        if (result < 0) {
            throw new IOException(libvirt.virGetLastErrorMessage());
        }
    }

    private void changed(Pointer domain) {
        if (!isClosed()) {
            listener.changed(uuid(domain));
        }
    }

    private void tellRebooted(Pointer domain) {
        if (!isClosed()) {
            listener.rebooted(uuid(domain));
        }
    }

    private static UUID uuid(Pointer domain) {
        byte[] text = new byte[UUID_BYTES];
        Native.load("virt", LibvirtEvents.class).virDomainGetUUIDString(domain, text);
        return UUID.fromString(new String(text, 0, UUID_BYTES - 1, StandardCharsets.US_ASCII));
    }

    @Override
    public void close() {
        closed.countDown();
    }

    /** Of {@code libvirt-event.h}, {@code libvirt-host.h} and {@code libvirt-domain.h}, named as there. */
    interface LibvirtEvents extends Library {
        /** VIR_DOMAIN_EVENT_ID_ LIFECYCLE, REBOOT, DEVICE_REMOVED, AGENT_LIFECYCLE, in the order of the callbacks. */
        List<Integer> IDS = List.of(0, 1, 15, 18);

        int virEventRegisterDefaultImpl();

        int virEventRunDefaultImpl();

        int virEventAddTimeout(int milliseconds, Callback callback, @Nullable Pointer opaque, @Nullable Pointer free);

        int virEventRemoveTimeout(int timer);

        @Nullable
        Pointer virConnectOpen(String uri);

        int virConnectClose(Pointer connection);

        int virConnectIsAlive(Pointer connection);

        int virConnectSetKeepAlive(Pointer connection, int interval, int count);

        int virConnectDomainEventRegisterAny(
                Pointer connection,
                @Nullable Pointer domain,
                int id,
                Callback callback,
                @Nullable Pointer opaque,
                @Nullable Pointer free);

        int virConnectDomainEventDeregisterAny(Pointer connection, int registration);

        int virDomainGetUUIDString(Pointer domain, byte[] uuid);

        /** Of the last call of this thread. */
        String virGetLastErrorMessage();

        /** {@code virConnectDomainEventCallback}. */
        interface Lifecycle extends Callback {
            int call(Pointer connection, Pointer domain, int event, int detail, @Nullable Pointer opaque);
        }

        /** {@code virConnectDomainEventGenericCallback}. */
        interface Generic extends Callback {
            void call(Pointer connection, Pointer domain, @Nullable Pointer opaque);
        }

        /** {@code virConnectDomainEventDeviceRemovedCallback}. */
        interface Named extends Callback {
            void call(Pointer connection, Pointer domain, String alias, @Nullable Pointer opaque);
        }

        /** {@code virConnectDomainEventAgentLifecycleCallback}. */
        interface Agent extends Callback {
            void call(Pointer connection, Pointer domain, int state, int reason, @Nullable Pointer opaque);
        }

        /** {@code virEventTimeoutCallback}. */
        interface Timeout extends Callback {
            void call(int timer, @Nullable Pointer opaque);
        }
    }
}
