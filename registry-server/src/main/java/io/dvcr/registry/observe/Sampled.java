package io.dvcr.registry.observe;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A number that takes some work to find out, so it is found out anew only every now and then. Thread-safe. */
final class Sampled implements Supplier<Number> {
    private static final Logger LOG = LoggerFactory.getLogger(Sampled.class);
    private static final Duration FRESH = Duration.ofSeconds(15);

    private final Source source;
    private final Clock clock;
    private Instant taken = Instant.MIN;
    private double value = Double.NaN;

    /** Finds the number out. */
    @FunctionalInterface
    interface Source {
        double find() throws IOException;
    }

    Sampled(Source source, Clock clock) {
        this.source = source;
        this.clock = clock;
    }

    /** Not a number if it could not be found out. */
    @Override
    public synchronized Number get() {
        Instant now = clock.instant();
        if (taken.isBefore(now.minus(FRESH))) {
            taken = now;
            value = find();
        }
        return value;
    }

    private double find() {
        try {
            return source.find();
        } catch (IOException | RuntimeException e) {
            LOG.atWarn().setCause(e).log("a metric could not be found out");
            return Double.NaN;
        }
    }
}
