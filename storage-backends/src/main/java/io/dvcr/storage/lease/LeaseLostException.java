package io.dvcr.storage.lease;

import java.io.IOException;

/** Somebody else holds the lease by now, or may: what was to be done under it was not done. */
public final class LeaseLostException extends IOException {
    private static final long serialVersionUID = 1L;

    LeaseLostException(String name) {
        super("another server has taken over " + name);
    }
}
