package io.dvcr.cli.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * The uploads that this user has begun and not finished, so that the same command goes on with one. Their paths are
 * secrets, so nobody else may read them.
 */
public record RememberedUploads(Path directory) {

    public static RememberedUploads ofThisUser() {
        return of(System.getenv(), Path.of(System.getProperty("user.home")));
    }

    static RememberedUploads of(Map<String, String> environment, Path home) {
        Path state = Optional.ofNullable(environment.get("XDG_STATE_HOME"))
                .filter(value -> !value.isEmpty())
                .map(Path::of)
                .orElseGet(() -> home.resolve(".local/state"));
        return new RememberedUploads(state.resolve("dvcr/uploads"));
    }

    /** The path at the server of the upload that {@code what} names, if there is one. */
    public Optional<String> find(String what) throws IOException {
        try {
            return Optional.of(Files.readString(file(what)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    public void remember(String what, String path) throws IOException {
        Files.createDirectories(directory);
        Path fresh = Files.createTempFile(
                directory,
                ".upload",
                "",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, path);
        Files.move(fresh, file(what), StandardCopyOption.ATOMIC_MOVE);
    }

    public void forget(String what) throws IOException {
        Files.deleteIfExists(file(what));
    }

    private Path file(String what) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(what.getBytes(UTF_8));
            return directory.resolve(HexFormat.of().formatHex(hash));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
