package io.dvcr.cli.config;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the configuration again whenever its file changes, and tells those who can do with another one while the server
 * runs. A file with faults is logged and changes nothing. The content is compared, every two seconds, not the time of
 * the file: that sees a ConfigMap of Kubernetes, a bind mount and an NFS export alike. Thread-safe.
 */
public final class ConfigurationWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigurationWatch.class);
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    private final ConfigurationSource source;
    private final List<Listener<?>> listeners = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("configuration-watch").factory());
    private LoadedConfiguration current;
    private Observation seen;

    ConfigurationWatch(ConfigurationSource source, LoadedConfiguration current) {
        this.source = source;
        this.current = current;
        this.seen = new Observation(current.text(), List.of());
    }

    /** @param current what {@code source} gave when the server started */
    @SuppressWarnings("FutureReturnValueIgnored") // runs until it is closed and logs its own failures
    public static ConfigurationWatch start(ConfigurationSource source, LoadedConfiguration current) {
        ConfigurationWatch watch = new ConfigurationWatch(source, current);
        watch.timer.scheduleWithFixedDelay(
                watch::pollSafely, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        return watch;
    }

    /**
     * Tells {@code listener} each time that {@code part} has become another.
     *
     * @param section the key of the section that {@code part} is read from: what is not listened to takes a restart
     * @param listener must return soon; what it throws is logged
     */
    public <T> void onChange(String section, Function<Configuration, T> part, Consumer<T> listener) {
        listeners.add(new Listener<>(section, part, listener));
    }

    /** Looks at the file once. */
    synchronized void poll() {
        Observation now = observe();
        if (!now.equals(seen)) {
            seen = now;
            adopt(now);
        }
    }

    /** A failure of ours must not end the timer. */
    private void pollSafely() {
        try {
            poll();
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("the configuration could not be looked at");
        }
    }

    private Observation observe() {
        try {
            return new Observation(source.readFile(), List.of());
        } catch (ConfigurationException e) {
            return new Observation("", e.faults());
        }
    }

    private void adopt(Observation changed) {
        try {
            if (changed.faults().isEmpty()) {
                put(source.read(changed.text()));
            } else {
                refuse(changed.faults());
            }
        } catch (ConfigurationException e) {
            refuse(e.faults());
        }
    }

    private static void refuse(List<String> faults) {
        faults.forEach(fault -> LOG.atError().addKeyValue("fault", fault).log("the changed configuration is faulty"));
        LOG.atError().log("the configuration from before the change stays in effect");
    }

    private void put(LoadedConfiguration changed) {
        LoadedConfiguration before = current;
        current = changed;
        listeners.forEach(listener -> tell(listener, before.value(), changed.value()));
        Set<String> keys = Settings.changed(before.root(), changed.root());
        if (!keys.isEmpty()) {
            LOG.atInfo()
                    .addKeyValue(
                            "inEffect", keys.stream().filter(this::isListenedTo).toList())
                    .addKeyValue(
                            "afterRestart",
                            keys.stream().filter(key -> !isListenedTo(key)).toList())
                    .log("the configuration was changed");
        }
    }

    private static void tell(Listener<?> listener, Configuration before, Configuration now) {
        try {
            listener.tell(before, now);
        } catch (RuntimeException e) {
            LOG.atError()
                    .addKeyValue("section", listener.section())
                    .setCause(e)
                    .log("the changed configuration could not be put into effect");
        }
    }

    private boolean isListenedTo(String key) {
        return listeners.stream().anyMatch(listener -> listener.covers(key));
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    /** The text of the file, or what is wrong with it as a whole. */
    private record Observation(String text, List<String> faults) {}

    private record Listener<T>(String section, Function<Configuration, T> part, Consumer<T> consumer) {
        void tell(Configuration before, Configuration now) {
            T changed = part.apply(now);
            if (!changed.equals(part.apply(before))) {
                consumer.accept(changed);
            }
        }

        boolean covers(String key) {
            return key.equals(section) || key.startsWith(section + ".") || key.startsWith(section + "[");
        }
    }
}
