package io.dvcr.registry.http;

import io.dvcr.storage.RegistryError.TooLarge;
import io.dvcr.storage.RegistryException;
import java.io.IOException;

/** Reads whole bodies that are small. */
public final class RequestBytes {
    private RequestBytes() {}

    /** @throws RegistryException with {@link TooLarge} if the body of {@code what} has over {@code maxBytes} bytes */
    public static byte[] readAll(Request request, String what, int maxBytes) throws IOException {
        byte[] content = request.body().readNBytes(maxBytes + 1);
        if (content.length > maxBytes) {
            throw new RegistryException(new TooLarge(what, maxBytes));
        }
        return content;
    }
}
