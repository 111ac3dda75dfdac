package io.dvcr.virt.control;

import io.dvcr.virt.runtime.AcceleratorRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * This host, as machines see it.
 *
 * @param name of the node
 * @param labels that node selectors are held against
 * @param machines the directory that has one for each machine; absolute
 * @param accelerator what machines run on that do not say
 * @param resync how often each machine is looked at when nothing is known to have changed
 * @param longestRetry how long is waited, at most, before what failed is tried again
 */
public record NodeSettings(
        String name,
        Map<String, String> labels,
        Path machines,
        AcceleratorRequest accelerator,
        Duration resync,
        Duration longestRetry) {
    public NodeSettings {
        labels = Map.copyOf(labels);
    }
}
