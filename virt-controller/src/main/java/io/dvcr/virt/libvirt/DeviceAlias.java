package io.dvcr.virt.libvirt;

import java.util.Optional;

/** The name by which libvirt knows a device that is ours: made of its uid, whose colons libvirt does not allow. */
final class DeviceAlias {
    /** What libvirt wants before the names that its users choose. */
    private static final String PREFIX = "ua-";

    private DeviceAlias() {}

    /** @throws IllegalArgumentException if no alias can be made of {@code uid} */
    static String of(String uid) {
        if (!uid.matches("[A-Za-z0-9:-]+")) {
            throw new IllegalArgumentException("not the uid of a device: " + uid);
        }
        return PREFIX + uid.replace(':', '_');
    }

    /** The uid of the device; empty if it is none of ours. */
    static Optional<String> uid(String alias) {
        return alias.startsWith(PREFIX)
                ? Optional.of(alias.substring(PREFIX.length()).replace('_', ':'))
                : Optional.empty();
    }
}
