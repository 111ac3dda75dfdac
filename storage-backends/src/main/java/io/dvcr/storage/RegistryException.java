package io.dvcr.storage;

/** The client asked for something that cannot be; what exactly is in {@link #error()}. Never carries a secret. */
public final class RegistryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient RegistryError error;

    public RegistryException(RegistryError error) {
        super(error.message());
        this.error = error;
    }

    public RegistryError error() {
        return error;
    }
}
