package io.dvcr.virt.control;

import io.dvcr.virt.runtime.ImageRegistry;
import io.dvcr.virt.runtime.Transfer;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes images of volumes in the background, by the references that they get. What a killed controller had begun is
 * begun again; what of it had arrived in the registry does not travel again. Thread-safe.
 */
final class VolumePushes implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(VolumePushes.class);
    private static final int AT_ONCE = 2;

    private final ImageRegistry registry;
    private final Semaphore slots = new Semaphore(AT_ONCE);
    private final Map<String, Push> pushes = new ConcurrentHashMap<>();
    private final Map<String, Transfer> states = new ConcurrentHashMap<>();
    private final InstantSource clock;

    private record Push(Path volume, Thread thread) {}

    VolumePushes(ImageRegistry registry, InstantSource clock) {
        this.registry = registry;
        this.clock = clock;
    }

    /** @param changed called when it has come further or has ended */
    void begin(Path volume, String target, Runnable changed) {
        pushes.computeIfAbsent(target, _ -> {
            states.put(target, new Transfer.Queued());
            return new Push(
                    volume, Thread.ofVirtual().name("push-" + target).start(() -> run(volume, target, changed)));
        });
    }

    /** How the push to {@code target} is getting on. */
    Transfer transfer(String target) {
        return Optional.ofNullable(states.get(target)).orElseGet(Transfer.None::new);
    }

    /** Whether an image is being made of the volume, so that nobody may write to it. */
    boolean isReading(Path volume) {
        return pushes.values().stream().anyMatch(push -> push.volume.equals(volume));
    }

    /** Ends it, and forgets how it went. */
    void cancel(String target) throws InterruptedException {
        Push push = pushes.get(target);
        if (push != null) {
            push.thread.interrupt();
            push.thread.join();
        }
        states.remove(target);
    }

    private void run(Path volume, String target, Runnable changed) {
        Instant begun = clock.instant();
        try {
            slots.acquire();
            try {
                registry.push(volume, target, percent -> {
                    states.put(target, new Transfer.Running(percent, 0, 0));
                    changed.run();
                });
            } finally {
                slots.release();
            }
            states.remove(target); // the image says the rest
        } catch (IOException | RuntimeException e) {
            LOG.atWarn().addKeyValue("image", target).setCause(e).log("the image of a volume is not made");
            states.put(target, new Transfer.Failed("PUSH_FAILED", String.valueOf(e.getMessage()), true, begun));
        } catch (InterruptedException _) {
            states.remove(target);
        } finally {
            pushes.remove(target);
            changed.run();
        }
    }

    @Override
    public void close() {
        pushes.values().forEach(push -> push.thread.interrupt());
    }
}
