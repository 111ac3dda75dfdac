package io.dvcr.virt.runtime;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * What runs machines, each as a domain. Every call is safe to repeat, waits a bounded time, and throws
 * {@link HostUnavailableException} if the host cannot be asked at all, another {@link IOException} if
 * it refuses. Implementations are thread-safe.
 */
public interface Hypervisor {

    /** Never {@link Domain.Unknown}: that is the exception's part. */
    Domain find(UUID domain) throws IOException;

    /**
     * Defines the domain, or replaces its definition; a running one keeps the old definition until it stops. A guest that
     * reboots while a definition which says something else waits ends its domain, if that is {@linkplain #watch watched};
     * all others reboot as they are.
     */
    void define(MachineDefinition definition) throws IOException;

    /** Starts the domain unless it runs. */
    void start(UUID domain) throws IOException;

    /** Presses the power button, if the domain runs. Does not wait. */
    void shutdown(UUID domain) throws IOException;

    /** Ends the domain at once, if it runs. Its definition stays. */
    void destroy(UUID domain) throws IOException;

    /** Removes the definition and what the host keeps for it, if there is one. */
    void undefine(UUID domain) throws IOException;

    /** Holds the processors of the guest, if it runs. */
    void pause(UUID domain) throws IOException;

    /** Lets the guest run on, if it is held. */
    void resume(UUID domain) throws IOException;

    /**
     * Gives the running domain a device, unless it has it. It goes with the run. One that has just been detached may be
     * refused for a moment, until its file is closed.
     */
    void attach(UUID domain, Device device) throws IOException;

    /**
     * Asks the guest to let the device go, if it is attached. Does not wait: the guest may take its time, or refuse.
     *
     * @param device the uid of the device
     */
    void detach(UUID domain, String device) throws IOException;

    /**
     * Makes the device that the guest sees as large as it is to be, after its volume has grown.
     *
     * @param device the uid of the device
     * @param bytes not less than it is
     */
    void resize(UUID domain, String device, long bytes) throws IOException;

    /** What the guest's agent says of the guest; empty without an agent, or as long as it does not answer. */
    Optional<Guest> guest(UUID domain) throws IOException;

    /** What the agent says. */
    record Guest(Optional<String> id, Optional<String> prettyName, Optional<String> kernel, Optional<String> address) {}

    /** Whether guests can run on KVM here. */
    KvmSupport kvm();

    /**
     * Tells of domains that may have changed, soon after they have.
     *
     * @param watcher called by any thread; is not to wait
     */
    Closeable watch(Consumer<UUID> watcher);
}
