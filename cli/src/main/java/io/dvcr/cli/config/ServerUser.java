package io.dvcr.cli.config;

import java.nio.file.Path;

/**
 * Who runs the server: what root does for a host, others do for themselves, as the XDG Base Directory specification says.
 *
 * @param xdgConfigHome {@code XDG_CONFIG_HOME}; empty if not set
 * @param xdgDataHome {@code XDG_DATA_HOME}; empty if not set
 */
record ServerUser(String name, Path home, String xdgConfigHome, String xdgDataHome) {

    Path dataDirectory() {
        return isRoot()
                ? Path.of("/var/lib/dvcr")
                : base(xdgDataHome, ".local/share").resolve("dvcr");
    }

    Path configurationFile() {
        return isRoot()
                ? Path.of("/etc/dvcr/dvcr.yaml")
                : base(xdgConfigHome, ".config").resolve("dvcr/dvcr.yaml");
    }

    /** The URI of the libvirt that this user may use. */
    String libvirt() {
        return isRoot() ? "qemu:///system" : "qemu:///session";
    }

    private boolean isRoot() {
        return name.equals("root");
    }

    private Path base(String xdg, String otherwise) {
        return xdg.isEmpty() ? home.resolve(otherwise) : Path.of(xdg);
    }
}
