package io.dvcr.importers.job;

import java.io.IOException;

/** What is stored of an import job cannot be read. */
final class DamagedJobException extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedJobException(Throwable cause) {
        super("damaged import job: " + cause.getMessage(), cause);
    }
}
