package io.dvcr.virt.api;

/** The status of what has none. */
public record NoStatus() {
    static final NoStatus EMPTY = new NoStatus();
}
