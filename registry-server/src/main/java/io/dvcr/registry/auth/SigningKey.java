package io.dvcr.registry.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import io.dvcr.storage.content.StoreLayout;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.text.ParseException;

/**
 * The key that our tokens are signed with. It is made when it is first needed and kept in the store, so that all
 * replicas have the same, a restart leaves tokens valid, and there is no secret to configure.
 */
final class SigningKey {
    private static final int MAX_BYTES = 4096;

    private SigningKey() {}

    static ECKey of(ObjectStore store) throws IOException {
        try {
            return read(store);
        } catch (NoSuchFileException e) {
            store.putIfAbsent(StoreLayout.SIGNING_KEY, UTF_8.encode(generate().toJSONString()));
            return read(store); // of several replicas that start at once, one has made the key of all
        }
    }

    private static ECKey read(ObjectStore store) throws IOException {
        try (InputStream in = store.read(StoreLayout.SIGNING_KEY, ByteRange.all(MAX_BYTES))) {
            ECKey key = ECKey.parse(new String(in.readAllBytes(), UTF_8));
            if (!key.isPrivate()) {
                throw new IOException(StoreLayout.SIGNING_KEY + " is damaged: it is not a private key");
            }
            return key;
        } catch (ParseException e) { // its message may show the key
            throw new IOException(StoreLayout.SIGNING_KEY + " is damaged: it is not an EC key in JSON");
        }
    }

    private static ECKey generate() {
        try {
            return new ECKeyGenerator(Curve.P_256)
                    .algorithm(JWSAlgorithm.ES256)
                    .keyUse(KeyUse.SIGNATURE)
                    .keyIDFromThumbprint(true)
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException("every Java has the curve P-256", e);
        }
    }
}
