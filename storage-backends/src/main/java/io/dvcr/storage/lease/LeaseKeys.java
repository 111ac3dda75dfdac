package io.dvcr.storage.lease;

import io.dvcr.storage.object.ObjectKey;
import java.util.regex.Pattern;

/**
 * Where the signs of life and the leases lie in the store.
 *
 * @param sessions what the key of every session begins with, to the last {@code /}
 * @param leases what the key of everything about leases begins with
 */
public record LeaseKeys(String sessions, String leases) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9.-]+(?:/[A-Za-z0-9.-]+)*");
    private static final String HOLDER = "holder";

    ObjectKey session(String id) {
        return new ObjectKey(sessions + id);
    }

    /** What the key of everything about one lease begins with. */
    String of(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not the name of a lease: " + name);
        }
        return leases + name + "/";
    }

    /** Who has a lease since it was given for the {@code epoch}th time. */
    ObjectKey holder(String name, long epoch) {
        return below(name, epoch, HOLDER);
    }

    /** What somebody is about to publish under a lease. */
    ObjectKey staged(String name, long epoch, String id) {
        return below(name, epoch, id);
    }

    private ObjectKey below(String name, long epoch, String last) {
        return new ObjectKey("%s%019d/%s".formatted(of(name), epoch, last));
    }

    static boolean isHolder(ObjectKey key) {
        return key.lastComponent().equals(HOLDER);
    }

    static long epoch(ObjectKey key) {
        String[] path = key.value().split("/", -1);
        return Long.parseLong(path[path.length - 2]);
    }
}
