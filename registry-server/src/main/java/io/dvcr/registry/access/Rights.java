package io.dvcr.registry.access;

/** What somebody is allowed. Thread-safe. */
@FunctionalInterface
public interface Rights {
    /** Everything. */
    Rights ALL = _ -> true;

    boolean allow(Permission permission);

    /** What this or {@code other} allows. */
    default Rights or(Rights other) {
        return permission -> allow(permission) || other.allow(permission);
    }
}
