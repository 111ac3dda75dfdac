package io.dvcr.importers.source;

/** A source cannot be imported; why is in {@link #error()}. */
public final class SourceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient SourceError error;

    public SourceException(SourceError error) {
        super(error.message());
        this.error = error;
    }

    public SourceException(SourceError error, Throwable cause) {
        super(error.message(), cause);
        this.error = error;
    }

    public SourceError error() {
        return error;
    }
}
