package io.dvcr.cli.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.dvcr.importers.registry.Credential;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A program that keeps credentials, as docker's credential helpers do: {@code docker-credential-NAME get|store|erase}. */
record CredentialHelper(String program) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");
    private static final Duration DEADLINE = Duration.ofSeconds(60); // it may ask the user something
    private static final int MAX_OUTPUT_BYTES = 1 << 20;

    /** The user name that says that the secret is a refresh token. */
    private static final String TOKEN_USER = "<token>";

    static CredentialHelper named(String name) throws IOException {
        if (!NAME.matcher(name).matches()) {
            throw new IOException("not the name of a credential helper: " + name);
        }
        return new CredentialHelper("docker-credential-" + name);
    }

    /** Empty if it has none. */
    Optional<Credential> find(String host) throws IOException {
        Ended ended = run("get", host);
        if (ended.code() != 0) {
            return Optional.empty(); // how all helpers say that they have none
        }
        try {
            JsonNode json = JSON.readTree(ended.output());
            String user = json.path("Username").asText();
            String secret = json.path("Secret").asText();
            return Optional.of(
                    user.equals(TOKEN_USER)
                            ? new Credential.RefreshToken(secret)
                            : new Credential.Password(user, secret));
        } catch (JsonProcessingException e) { // whose message may show a password
            throw new IOException(program + " answered with what is not JSON");
        }
    }

    void save(String host, Credential.Password credential) throws IOException {
        String json = JsonNodeFactory.instance
                .objectNode()
                .put("ServerURL", host)
                .put("Username", credential.user())
                .put("Secret", credential.password())
                .toString();
        if (run("store", json).code() != 0) {
            throw new IOException(program + " did not store the credentials");
        }
    }

    boolean remove(String host) throws IOException {
        return run("erase", host).code() == 0;
    }

    private record Ended(int code, String output) {}

    private Ended run(String verb, String input) throws IOException {
        Process process = new ProcessBuilder(program, verb)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (var reader = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> drain(process), reader);
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(UTF_8));
            }
            if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException(program + " does not answer");
            }
            return new Ended(process.exitValue(), output.join());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for " + program);
        } finally {
            process.destroyForcibly();
        }
    }

    private static String drain(Process process) {
        try (InputStream out = process.getInputStream()) {
            return new String(out.readNBytes(MAX_OUTPUT_BYTES), UTF_8);
        } catch (IOException e) {
            return ""; // it ended
        }
    }
}
