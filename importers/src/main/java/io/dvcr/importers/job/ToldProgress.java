package io.dvcr.importers.job;

import io.dvcr.importers.job.ImportProgress.Step;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Makes what is told of an import's progress out of what is measured: never less than was told before, though the import
 * may have begun again, and with how fast it goes, which is seen in the last seconds alone. Not thread-safe.
 */
final class ToldProgress {
    private static final long WINDOW_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long LEAST_NANOS = Duration.ofSeconds(1).toNanos();

    /** Longer than this nobody can tell. */
    private static final double MOST_SECONDS = Duration.ofDays(30).toSeconds();

    private final Deque<Sample> samples = new ArrayDeque<>();
    private ImportProgress told;

    /** What was so at one moment. */
    private record Sample(long nanos, ProgressMeter.Reading reading) {}

    /** @param before what was told already, by an earlier run of the same job */
    ToldProgress(ImportProgress before) {
        this.told = before;
    }

    /** @param nanos when {@code reading} was taken, on any clock that only goes forward */
    ImportProgress tell(ProgressMeter.Reading reading, long nanos) {
        remember(new Sample(nanos, reading));
        ImportProgress measured = reading.progress();
        told = new ImportProgress(
                Math.max(told.bytesReceived(), measured.bytesReceived()),
                measured.bytesTotal().isPresent() ? measured.bytesTotal() : told.bytesTotal(),
                Math.max(told.percent(), measured.percent()),
                measured.step(),
                measured.step() == Step.RECEIVING ? bytesPerSecond() : OptionalLong.empty(),
                measured.step() == Step.PUBLISHING ? Optional.empty() : remaining());
        return told;
    }

    private void remember(Sample sample) {
        if (!samples.isEmpty() && hasBegunAgain(samples.getLast().reading(), sample.reading())) {
            samples.clear();
        }
        samples.addLast(sample);
        while (sample.nanos() - samples.getFirst().nanos() > WINDOW_NANOS) {
            samples.removeFirst();
        }
    }

    private static boolean hasBegunAgain(ProgressMeter.Reading before, ProgressMeter.Reading now) {
        return now.progress().bytesReceived() < before.progress().bytesReceived();
    }

    private double secondsSeen() {
        long nanos = samples.getLast().nanos() - samples.getFirst().nanos();
        return nanos < LEAST_NANOS ? 0 : nanos / 1e9;
    }

    private OptionalLong bytesPerSecond() {
        double seconds = secondsSeen();
        if (seconds == 0) {
            return OptionalLong.empty();
        }
        long came = samples.getLast().reading().progress().bytesReceived()
                - samples.getFirst().reading().progress().bytesReceived();
        return OptionalLong.of(Math.round(came / seconds));
    }

    private Optional<Duration> remaining() {
        double reached = samples.getLast().reading().reached();
        double gained = reached - samples.getFirst().reading().reached();
        double seconds = secondsSeen();
        if (seconds == 0 || gained <= 0) {
            return Optional.empty();
        }
        double left = (ProgressMeter.ALMOST_DONE - reached) * seconds / gained;
        return left > MOST_SECONDS ? Optional.empty() : Optional.of(Duration.ofSeconds((long) Math.ceil(left)));
    }
}
