package io.dvcr.virt.control;

import io.dvcr.virt.runtime.Device;
import io.dvcr.virt.runtime.Domain;
import io.dvcr.virt.runtime.Domain.Absent;
import io.dvcr.virt.runtime.Domain.Active;
import io.dvcr.virt.runtime.Domain.Activity;
import io.dvcr.virt.runtime.Domain.End;
import io.dvcr.virt.runtime.Domain.Inactive;
import io.dvcr.virt.runtime.HostUnavailableException;
import io.dvcr.virt.runtime.Hypervisor;
import io.dvcr.virt.runtime.KvmSupport;
import io.dvcr.virt.runtime.MachineDefinition;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Domains in memory, whose guests obey at once. Outlives the controllers that use it. Thread-safe. */
final class FakeHypervisor implements Hypervisor {
    private final Map<UUID, MachineDefinition> definitions = new LinkedHashMap<>();
    private final Map<UUID, Active> active = new LinkedHashMap<>();
    private final Map<UUID, End> ends = new LinkedHashMap<>();
    private final Map<UUID, Integer> starts = new LinkedHashMap<>();
    private final Map<String, Long> sizes = new LinkedHashMap<>();
    private final List<Consumer<UUID>> watchers = new CopyOnWriteArrayList<>();
    private boolean away;
    private boolean stubborn;

    @Override
    public synchronized Domain find(UUID domain) throws IOException {
        requireThere();
        if (active.containsKey(domain)) {
            return active.get(domain);
        }
        return definitions.containsKey(domain) ? new Inactive(ends.getOrDefault(domain, End.UNKNOWN)) : new Absent();
    }

    @Override
    public synchronized void define(MachineDefinition definition) throws IOException {
        requireThere();
        definitions.put(definition.uuid(), definition);
    }

    @Override
    public synchronized void start(UUID domain) throws IOException {
        requireThere();
        if (!active.containsKey(domain)) {
            Map<String, String> devices = new LinkedHashMap<>();
            for (Device device : definition(domain).devices()) {
                requireFree(device);
                devices.put(device.uid(), "vd" + (char) ('a' + devices.size()));
            }
            active.put(domain, new Active(Activity.RUNNING, devices));
            starts.merge(domain, 1, Integer::sum);
        }
        changed(domain);
    }

    /** As QEMU's image locking does. */
    private void requireFree(Device device) {
        for (Active other : active.values()) {
            if (!device.readOnly() && other.devices().containsKey(device.uid())) {
                throw new AssertionError(device + " is written to by two machines");
            }
        }
    }

    @Override
    public synchronized void shutdown(UUID domain) throws IOException {
        requireThere();
        if (!stubborn && active.containsKey(domain)) {
            end(domain, End.POWERED_OFF);
        }
    }

    @Override
    public synchronized void destroy(UUID domain) throws IOException {
        requireThere();
        if (active.containsKey(domain)) {
            end(domain, End.DESTROYED);
        }
    }

    @Override
    public synchronized void undefine(UUID domain) throws IOException {
        requireThere();
        definitions.remove(domain);
        ends.remove(domain);
    }

    @Override
    public synchronized void pause(UUID domain) throws IOException {
        become(domain, Activity.PAUSED);
    }

    @Override
    public synchronized void resume(UUID domain) throws IOException {
        become(domain, Activity.RUNNING);
    }

    synchronized void become(UUID domain, Activity activity) throws IOException {
        requireThere();
        active.computeIfPresent(domain, (_, now) -> new Active(activity, now.devices()));
        changed(domain);
    }

    @Override
    public synchronized void attach(UUID domain, Device device) throws IOException {
        requireThere();
        Active now = running(domain);
        if (!now.devices().containsKey(device.uid())) {
            requireFree(device);
            Map<String, String> devices = new LinkedHashMap<>(now.devices());
            devices.put(device.uid(), "sd" + (char) ('a' + devices.size()));
            active.put(domain, new Active(now.activity(), devices));
        }
        changed(domain);
    }

    @Override
    public synchronized void detach(UUID domain, String device) throws IOException {
        requireThere();
        Active now = running(domain);
        Map<String, String> devices = new LinkedHashMap<>(now.devices());
        devices.remove(device);
        active.put(domain, new Active(now.activity(), devices));
        changed(domain);
    }

    private Active running(UUID domain) throws IOException {
        return Optional.ofNullable(active.get(domain)).orElseThrow(() -> new IOException("it does not run"));
    }

    @Override
    public synchronized void resize(UUID domain, String device, long bytes) throws IOException {
        requireThere();
        sizes.put(device, bytes);
    }

    @Override
    public Optional<Guest> guest(UUID domain) {
        return Optional.empty();
    }

    @Override
    public KvmSupport kvm() {
        return new KvmSupport.Unusable("there is no processor here");
    }

    @Override
    public Closeable watch(Consumer<UUID> watcher) {
        watchers.add(watcher);
        return () -> watchers.remove(watcher);
    }

    /** The run ends by itself. */
    synchronized void end(UUID domain, End end) {
        active.remove(domain);
        ends.put(domain, end);
        changed(domain);
    }

    synchronized void goAway(boolean isAway) {
        away = isAway;
    }

    /** Guests do not react to the power button. */
    synchronized void beStubborn(boolean isStubborn) {
        stubborn = isStubborn;
    }

    synchronized int starts(UUID domain) {
        return starts.getOrDefault(domain, 0);
    }

    synchronized Optional<Long> sizeInGuest(String device) {
        return Optional.ofNullable(sizes.get(device));
    }

    synchronized MachineDefinition definition(UUID domain) {
        return Optional.ofNullable(definitions.get(domain)).orElseThrow();
    }

    synchronized List<UUID> domains() {
        List<UUID> all = new ArrayList<>(definitions.keySet());
        all.addAll(active.keySet());
        return all;
    }

    private void requireThere() throws IOException {
        if (away) {
            throw new HostUnavailableException("libvirt is away", new IOException("away"));
        }
    }

    private void changed(UUID domain) {
        watchers.forEach(watcher -> watcher.accept(domain));
    }
}
