package io.dvcr.cli.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
    private final Configuration first;
    private final List<Listener<?>> listeners = new ArrayList<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("configuration-watch").factory());
    private LoadedConfiguration current;
    private Observation seen;

    ConfigurationWatch(ConfigurationSource source, LoadedConfiguration current) {
        this.source = source;
        this.first = current.value();
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
     * Tells {@code consumer} each time that {@code part} is another than it knows, which at first is what the server
     * started with. If it throws, it keeps what it had, and is told again until it takes it.
     *
     * @param section the key of the section that {@code part} is read from: what nobody listens to takes a restart
     * @param consumer must return soon
     */
    public synchronized <T> void onChange(String section, Function<Configuration, T> part, Consumer<T> consumer) {
        listeners.add(new Listener<>(section, part, consumer, part.apply(first)));
    }

    /** Looks at the file once. */
    synchronized void poll() {
        Observation now = observe();
        if (!now.equals(seen)) {
            seen = now;
            adopt(now);
        }
        listeners.forEach(listener -> listener.tell(current.value()));
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
        Set<String> keys = Settings.changed(current.root(), changed.root());
        current = changed;
        if (!keys.isEmpty()) {
            LOG.atInfo()
                    .addKeyValue("now", keys.stream().filter(this::isListenedTo).toList())
                    .addKeyValue(
                            "afterRestart",
                            keys.stream().filter(key -> !isListenedTo(key)).toList())
                    .log("the configuration was changed");
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

    private static final class Listener<T> {
        private final String section;
        private final Function<Configuration, T> part;
        private final Consumer<T> consumer;
        private T known;
        private Optional<T> failed = Optional.empty();

        private Listener(String section, Function<Configuration, T> part, Consumer<T> consumer, T known) {
            this.section = section;
            this.part = part;
            this.consumer = consumer;
            this.known = known;
        }

        private boolean covers(String key) {
            return key.equals(section) || key.startsWith(section + ".") || key.startsWith(section + "[");
        }

        private void tell(Configuration now) {
            T wanted = part.apply(now);
            if (wanted.equals(known)) {
                failed = Optional.empty();
                return;
            }
            try {
                consumer.accept(wanted);
                known = wanted;
            } catch (RuntimeException e) {
                logOnce(wanted, e);
            }
        }

        private void logOnce(T wanted, RuntimeException failure) {
            if (!failed.equals(Optional.of(wanted))) {
                failed = Optional.of(wanted);
                LOG.atError()
                        .addKeyValue("section", section)
                        .setCause(failure)
                        .log("the changed configuration cannot take effect; it is tried again");
            }
        }
    }
}
