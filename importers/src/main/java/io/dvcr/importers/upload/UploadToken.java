package io.dvcr.importers.upload;

import io.dvcr.storage.Digest;
import io.dvcr.storage.content.UploadId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.UUID;

/**
 * What a client has to know to go on with an upload. It is kept nowhere: the upload is found by the hash of it, so that
 * who can read the store, a backup of it, or a job can not go on with an upload.
 */
public record UploadToken(String text) {
    private static final int RANDOM_BYTES = 24;

    static UploadToken random() {
        byte[] bytes = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(bytes);
        return new UploadToken(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    /** Of the upload that goes by this token, if there is one. */
    UploadId id() {
        byte[] hash = Digest.Algorithm.SHA256.newHash().digest(text.getBytes(StandardCharsets.UTF_8));
        ByteBuffer bytes = ByteBuffer.wrap(hash);
        return new UploadId(new UUID(bytes.getLong(), bytes.getLong()));
    }

    /** Nothing that is worth a secret, for logs. */
    @Override
    public String toString() {
        return "UploadToken[…]";
    }
}
