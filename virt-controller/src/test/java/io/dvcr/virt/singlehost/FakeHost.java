package io.dvcr.virt.singlehost;

import io.dvcr.virt.host.DomainDefinition;
import io.dvcr.virt.host.Host;
import io.dvcr.virt.host.HostUnavailableException;
import io.dvcr.virt.plan.DomainState;
import io.dvcr.virt.plan.DomainState.Absent;
import io.dvcr.virt.plan.DomainState.Active;
import io.dvcr.virt.plan.DomainState.Activity;
import io.dvcr.virt.plan.DomainState.End;
import io.dvcr.virt.plan.DomainState.Inactive;
import io.dvcr.virt.plan.KvmSupport;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/** A host in memory. It outlives its controllers, as a host does. Thread-safe. */
final class FakeHost implements Host {
    private final Mortality mortality;
    private final Map<UUID, DomainDefinition> definitions = new LinkedHashMap<>();
    private final Map<UUID, DomainState> states = new LinkedHashMap<>();
    private boolean isThere = true;
    private boolean guestsObey = true;
    private String refusal = "";
    private int starts;

    FakeHost(Mortality mortality) {
        this.mortality = mortality;
    }

    synchronized void vanish() {
        isThere = false;
    }

    synchronized void comeBack() {
        isThere = true;
    }

    /** Guests ignore the power button from now on. */
    synchronized void guestsStopObeying() {
        guestsObey = false;
    }

    /** Domains do not start from now on, for this reason; with an empty one, they do. */
    synchronized void refuseStarts(String reason) {
        refusal = reason;
    }

    synchronized void end(UUID domain, End end) {
        states.put(domain, new Inactive(end));
    }

    synchronized void pause(UUID domain) {
        states.put(domain, new Active(Activity.PAUSED));
    }

    synchronized Map<UUID, DomainDefinition> definitions() {
        return Map.copyOf(definitions);
    }

    synchronized DomainDefinition definition(UUID domain) {
        return Objects.requireNonNull(definitions.get(domain));
    }

    synchronized boolean isRunning(UUID domain) {
        return states.get(domain) instanceof Active;
    }

    synchronized int starts() {
        return starts;
    }

    @Override
    public synchronized DomainState find(UUID domain) throws IOException {
        checkThere();
        return states.getOrDefault(domain, new Absent());
    }

    @Override
    public synchronized void define(DomainDefinition definition) throws IOException {
        mortality.before("define");
        checkThere();
        definitions.put(definition.uuid(), definition);
        states.putIfAbsent(definition.uuid(), new Inactive(End.UNKNOWN));
        mortality.after();
    }

    @Override
    public synchronized void start(UUID domain) throws IOException {
        mortality.before("start");
        checkThere();
        DomainDefinition definition = definitions.get(domain);
        if (definition == null || !refusal.isEmpty()) {
            throw new IOException(refusal.isEmpty() ? "no domain " + domain : refusal);
        }
        if (!Files.exists(definition.volume())) {
            throw new IOException("no volume " + definition.volume());
        }
        if (!isRunning(domain)) {
            states.put(domain, new Active(Activity.RUNNING));
            starts++;
        }
        mortality.after();
    }

    @Override
    public synchronized void shutdown(UUID domain) throws IOException {
        mortality.before("shutdown");
        checkThere();
        if (isRunning(domain) && guestsObey) {
            states.put(domain, new Inactive(End.POWERED_OFF));
        }
        mortality.after();
    }

    @Override
    public synchronized void destroy(UUID domain) throws IOException {
        mortality.before("destroy");
        checkThere();
        if (isRunning(domain)) {
            states.put(domain, new Inactive(End.DESTROYED));
        }
        mortality.after();
    }

    @Override
    public synchronized void undefine(UUID domain) throws IOException {
        mortality.before("undefine");
        checkThere();
        definitions.remove(domain);
        states.remove(domain);
        mortality.after();
    }

    @Override
    public KvmSupport kvm() {
        return new KvmSupport.Unusable("neither vmx nor svm");
    }

    private void checkThere() throws HostUnavailableException {
        if (!isThere) {
            throw new HostUnavailableException("libvirt is away");
        }
    }
}
