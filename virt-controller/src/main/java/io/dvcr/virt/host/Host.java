package io.dvcr.virt.host;

import io.dvcr.virt.plan.DomainState;
import io.dvcr.virt.plan.KvmSupport;
import java.io.IOException;
import java.util.UUID;

/**
 * What runs machines, each as a domain. Every call is safe to repeat, waits a bounded time, and throws
 * {@link HostUnavailableException} if the host cannot be asked at all, another {@link IOException} if it refuses.
 * Implementations are thread-safe.
 */
public interface Host {

    /** Never {@link DomainState.Unknown}: that is the exception's part. */
    DomainState find(UUID domain) throws IOException;

    /** Defines the domain, or replaces its definition; a running one keeps the old definition until it stops. */
    void define(DomainDefinition definition) throws IOException;

    /** Starts the domain unless it runs. */
    void start(UUID domain) throws IOException;

    /** Presses the power button, if the domain runs. Does not wait. */
    void shutdown(UUID domain) throws IOException;

    /** Ends the domain at once, if it runs. Its definition stays. */
    void destroy(UUID domain) throws IOException;

    /** Removes the definition and what the host keeps for it, if there is one. */
    void undefine(UUID domain) throws IOException;

    /** Whether guests can run on KVM here. */
    KvmSupport kvm();
}
