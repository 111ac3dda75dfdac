package io.dvcr.storage.content;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.dvcr.storage.Digest;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * What a manifest names, as garbage collection sees it: every string in it that is a digest, wherever it stands. So the
 * blobs of manifests whose type is not known, and foreign layers that were pushed nevertheless, are not garbage; naming
 * too much costs space for a while, naming too little costs the blob.
 */
final class NamedDigests {
    private static final JsonFactory JSON = new JsonFactory();

    private NamedDigests() {}

    /** Of content that is not JSON: those that stand before it ceases to be. */
    static Set<Digest> in(byte[] manifest) throws IOException {
        Set<Digest> named = new HashSet<>();
        try (JsonParser parser = JSON.createParser(manifest)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.VALUE_STRING) {
                    Digest.tryParse(parser.getText()).ifPresent(named::add);
                }
            }
        } catch (JsonProcessingException e) {
            return named;
        }
        return named;
    }
}
