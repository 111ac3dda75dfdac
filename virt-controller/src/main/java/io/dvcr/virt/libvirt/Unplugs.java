package io.dvcr.virt.libvirt;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * When guests were asked to let devices go. A second question while the first is being answered has libvirt 9.0 take the
 * device for gone before QEMU 7.2 has let go of it, and QEMU hangs when it is plugged in again. Thread-safe.
 */
final class Unplugs {
    /** A guest that has not answered for so long may have missed the question, for example while it booted. */
    private static final Duration AGAIN = Duration.ofSeconds(15);

    private final Map<String, Long> askedAt = new HashMap<>();

    /** Whether the guest is to be asked now; if so, it counts as asked. */
    synchronized boolean mayAsk(UUID machine, String device) {
        long now = System.nanoTime();
        Long before = askedAt.get(name(machine, device));
        if (before != null && now - before < AGAIN.toNanos()) {
            return false;
        }
        askedAt.put(name(machine, device), now);
        return true;
    }

    /** The device is not there any more. */
    synchronized void forget(UUID machine, String device) {
        askedAt.remove(name(machine, device));
    }

    private static String name(UUID machine, String device) {
        return machine + " " + device;
    }
}
