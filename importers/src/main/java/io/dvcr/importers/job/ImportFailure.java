package io.dvcr.importers.job;

import io.dvcr.converters.format.ImageException;
import io.dvcr.importers.source.SourceException;
import io.dvcr.importers.unpack.UnpackException;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.object.StorageFullException;

/** Why an import failed, as its client is told. */
public record ImportFailure(String code, String message) {

    /** The one place that gives failures their codes. */
    static ImportFailure of(Throwable cause) {
        return switch (cause) {
            case ImageException e ->
                new ImportFailure(e.error().code(), e.error().message());
            case SourceException e ->
                new ImportFailure(e.error().code(), e.error().message());
            case UnpackException e ->
                new ImportFailure(e.error().code(), e.error().message());
            case RegistryException e -> new ImportFailure("REFUSED", e.error().message());
            case Throwable e
            when StorageFullException.isBehind(e) ->
                new ImportFailure("STORAGE_FULL", "the registry's storage is full: its operator has to make room");
            default -> new ImportFailure("INTERNAL", "internal error; the server's log says more");
        };
    }

    /** Whether the server's operator has to know, because the client cannot help it. */
    static boolean isOurs(Throwable cause) {
        return !(cause instanceof ImageException
                || cause instanceof SourceException
                || cause instanceof UnpackException
                || cause instanceof RegistryException);
    }
}
