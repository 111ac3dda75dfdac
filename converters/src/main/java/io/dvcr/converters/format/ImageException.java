package io.dvcr.converters.format;

/** The image that a client gave is refused; why is in {@link #error()}. Never the fault of this machine. */
public final class ImageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient ImageError error;

    public ImageException(ImageError error) {
        super(error.message());
        this.error = error;
    }

    public ImageError error() {
        return error;
    }
}
