package io.dvcr.storage.content;

import io.dvcr.storage.RegistryError.UploadUnknown;
import io.dvcr.storage.RegistryException;
import java.util.UUID;

/** The identity of an upload session. It cannot be guessed. */
public record UploadId(UUID value) {

    static UploadId random() {
        return new UploadId(UUID.randomUUID());
    }

    /** @throws RegistryException with {@link UploadUnknown} if a client's {@code text} is no such identity */
    public static UploadId parse(String text) {
        try {
            UploadId id = new UploadId(UUID.fromString(text));
            if (id.toString().equals(text)) {
                return id;
            }
        } catch (IllegalArgumentException e) {
            // falls through: whatever is not our spelling is not known
        }
        throw new RegistryException(new UploadUnknown(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
