package io.dvcr.storage.content;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Digest.Algorithm;
import io.dvcr.storage.RepositoryName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;

/**
 * What is stored of an upload besides its bytes.
 *
 * @param algorithm what the finished blob is expected to be named by, and so hashed with as it comes
 * @param committing the digest, from the moment it was verified: the bytes may have become that blob already
 */
record UploadSession(RepositoryName repository, Instant begun, Algorithm algorithm, Optional<Digest> committing) {
    private static final ObjectMapper JSON = new ObjectMapper();

    UploadSession committing(Digest digest) {
        return new UploadSession(repository, begun, algorithm, Optional.of(digest));
    }

    ByteBuffer toJson() throws IOException {
        ObjectNode json = JSON.createObjectNode();
        json.put("repository", repository.value());
        json.put("begun", begun.toString());
        json.put("algorithm", algorithm.prefix());
        committing.ifPresent(digest -> json.put("committing", digest.toString()));
        return ByteBuffer.wrap(JSON.writeValueAsBytes(json));
    }

    static UploadSession parse(byte[] content) throws IOException {
        JsonNode json = JSON.readTree(content);
        return new UploadSession(
                new RepositoryName(json.path("repository").asText()),
                Instant.parse(json.path("begun").asText()),
                Algorithm.named(json.path("algorithm").asText()).orElse(Algorithm.SHA256), // older sessions have none
                Digest.tryParse(json.path("committing").asText()));
    }
}
