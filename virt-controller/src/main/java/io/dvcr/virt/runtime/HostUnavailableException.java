package io.dvcr.virt.runtime;

import java.io.IOException;

/** The host cannot be asked: libvirt is not installed, not running, or does not answer. It may be back later. */
public final class HostUnavailableException extends IOException {
    private static final long serialVersionUID = 1L;

    public HostUnavailableException(String message) {
        super(message);
    }

    public HostUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
