package io.dvcr.cli.config;

import io.dvcr.virt.singlehost.MachineSettings;
import java.time.Duration;

/**
 * The machines of this host.
 *
 * @param enabled whether there are any
 * @param libvirt the URI of the libvirt that runs them
 */
public record HostedMachines(boolean enabled, String libvirt, MachineSettings settings) {

    static HostedMachines defaultsFor(ServerUser user) {
        return new HostedMachines(true, user.libvirt(), MachineSettings.DEFAULTS);
    }

    static HostedMachines read(Section section, HostedMachines defaults) {
        MachineSettings settings = defaults.settings();
        Duration second = Duration.ofSeconds(1);
        return new HostedMachines(
                section.flag("enabled", defaults.enabled()),
                section.text("libvirt", defaults.libvirt()),
                new MachineSettings(
                        section.duration("resync", settings.resync(), Duration.ofMillis(100)),
                        section.duration("shutdownGrace", settings.shutdownGrace(), Duration.ZERO),
                        section.duration("longestRetryDelay", settings.longestRetryDelay(), second),
                        section.number("concurrentDownloads", settings.concurrentDownloads(), 1, 64)));
    }
}
