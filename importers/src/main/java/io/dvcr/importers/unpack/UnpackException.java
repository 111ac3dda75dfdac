package io.dvcr.importers.unpack;

/** What a client named or pushed cannot be unpacked, or may not; why is in {@link #error()}. */
public final class UnpackException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient UnpackError error;

    UnpackException(UnpackError error) {
        super(error.message());
        this.error = error;
    }

    UnpackException(UnpackError error, Throwable cause) {
        super(error.message(), cause);
        this.error = error;
    }

    public UnpackError error() {
        return error;
    }
}
