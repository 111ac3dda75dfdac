package io.dvcr.cli.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.importers.registry.Credential;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * A file of credentials: docker's {@code config.json}, or podman's {@code auth.json}, which is a part of the same. What
 * else is in it stays as it is.
 */
record AuthFile(Path path) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What the file itself says; empty if nothing. */
    Optional<Credential> find(String host) throws IOException {
        JsonNode auths = read().path("auths");
        for (String key : keysOf(host)) {
            Optional<Credential> credential = credential(auths.path(key));
            if (credential.isPresent()) {
                return credential;
            }
        }
        return Optional.empty();
    }

    private static List<String> keysOf(String host) {
        return List.of(host, "https://" + host, "http://" + host, "https://" + host + "/v1/");
    }

    private static Optional<Credential> credential(JsonNode entry) {
        if (entry.path("identitytoken").isTextual()) {
            return Optional.of(
                    new Credential.RefreshToken(entry.path("identitytoken").asText()));
        }
        if (entry.path("auth").isTextual()) {
            return password(entry.path("auth").asText());
        }
        return Optional.empty();
    }

    private static Optional<Credential> password(String encoded) {
        try {
            String pair = new String(Base64.getDecoder().decode(encoded), UTF_8);
            int colon = pair.indexOf(':');
            return colon <= 0
                    ? Optional.empty()
                    : Optional.of(new Credential.Password(
                            pair.substring(0, colon), pair.substring(colon + 1).replace("\0", "")));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // not Base64, so not a password
        }
    }

    /** The program that the file says has the credentials for {@code host}; empty if the file has them itself. */
    Optional<CredentialHelper> helper(String host) throws IOException {
        JsonNode json = read();
        String name = json.path("credHelpers")
                .path(host)
                .asText(json.path("credsStore").asText());
        return name.isEmpty() ? Optional.empty() : Optional.of(CredentialHelper.named(name));
    }

    void save(String host, Credential.Password credential) throws IOException {
        ObjectNode json = read();
        String pair = credential.user() + ":" + credential.password();
        json.withObjectProperty("auths")
                .putObject(host)
                .put("auth", Base64.getEncoder().encodeToString(pair.getBytes(UTF_8)));
        write(json);
    }

    /** Returns whether there was something to remove. */
    boolean remove(String host) throws IOException {
        ObjectNode json = read();
        boolean removed = false;
        if (json.path("auths") instanceof ObjectNode auths) {
            for (String key : keysOf(host)) {
                removed |= auths.remove(key) != null;
            }
        }
        if (removed) {
            write(json);
        }
        return removed;
    }

    private ObjectNode read() throws IOException {
        try {
            return JSON.readTree(Files.readAllBytes(path)) instanceof ObjectNode json
                    ? json
                    : JsonNodeFactory.instance.objectNode();
        } catch (NoSuchFileException e) {
            return JsonNodeFactory.instance.objectNode();
        } catch (JsonProcessingException e) { // whose message may show a password
            throw new IOException(path + " is not JSON");
        }
    }

    /** In one step, and for nobody else to read. */
    private void write(ObjectNode json) throws IOException {
        Path target = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
        Path directory = Optional.ofNullable(target.getParent()).orElse(target);
        Files.createDirectories(directory);
        Path partial = Files.createTempFile(
                directory,
                ".dvcr",
                ".json",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(partial, json.toPrettyString() + "\n");
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(partial);
        }
    }
}
