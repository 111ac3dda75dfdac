package io.dvcr.cli.serve;

import java.nio.file.Path;

/**
 * Where a server keeps what it has.
 *
 * <pre>
 * store/       the object store: all state of the registry
 * scratch/     what imports that run need for a while
 * pushed/      what conversions of pushed images need for a while
 * converted/   images in formats that were asked for; may be deleted at any time
 * downloads/   conversions that were asked for: what is under way, and how the others ended
 * resources/   what is asked for of this host's machines, disks and images, and what is so
 * machines/    sockets, logs and firmware variables of this host's machines
 * volumes/     their disks, and the images that they share
 * </pre>
 */
record DataDirectory(Path root) {

    Path store() {
        return root.resolve("store");
    }

    Path scratch() {
        return root.resolve("scratch");
    }

    Path conversions() {
        return root.resolve("pushed");
    }

    Path resources() {
        return root.resolve("resources");
    }

    Path converted() {
        return root.resolve("converted");
    }

    Path downloads() {
        return root.resolve("downloads");
    }
}
