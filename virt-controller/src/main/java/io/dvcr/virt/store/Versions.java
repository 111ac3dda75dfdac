package io.dvcr.virt.store;

import java.io.IOException;

/**
 * The numbers that tell the states of a store apart: each is larger than all before, also those given before a crash to
 * what is deleted since. They are reserved by the thousand, so that not each takes a write. Used by one thread at a time.
 */
final class Versions {
    private static final long AT_ONCE = 1000;

    private final ResourceTree tree;
    private long last;
    private long reserved;

    private Versions(ResourceTree tree, long last) {
        this.tree = tree;
        this.last = last;
        this.reserved = last;
    }

    /** @param highest of those that are there */
    static Versions after(ResourceTree tree, long highest) throws IOException {
        return new Versions(tree, Math.max(highest, tree.reservedVersion()));
    }

    long next() throws IOException {
        if (last == reserved) {
            tree.reserveVersion(reserved + AT_ONCE);
            reserved += AT_ONCE;
        }
        last++;
        return last;
    }

    long last() {
        return last;
    }
}
