package io.dvcr.cli.serve;

import java.nio.file.Path;

/**
 * Where a server keeps what it has.
 *
 * <pre>
 * store/       the object store: all state of the registry
 * scratch/     what imports that run need for a while
 * converted/   images in formats that were asked for; may be deleted at any time
 * machines/    the machines of this host and their volumes
 * </pre>
 */
record DataDirectory(Path root) {

    /** {@code /var/lib/dvcr} for root, else the user's own: XDG Base Directory specification, {@code XDG_DATA_HOME}. */
    static DataDirectory defaultFor(String user, Path home, String xdgDataHome) {
        if (user.equals("root")) {
            return new DataDirectory(Path.of("/var/lib/dvcr"));
        }
        Path base = xdgDataHome.isEmpty() ? home.resolve(".local/share") : Path.of(xdgDataHome);
        return new DataDirectory(base.resolve("dvcr"));
    }

    Path store() {
        return root.resolve("store");
    }

    Path scratch() {
        return root.resolve("scratch");
    }

    Path converted() {
        return root.resolve("converted");
    }
}
