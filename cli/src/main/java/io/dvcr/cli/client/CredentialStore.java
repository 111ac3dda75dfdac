package io.dvcr.cli.client;

import io.dvcr.importers.registry.Credential;
import io.dvcr.importers.registry.RegistryCredentials;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The credentials that a user has given docker, podman or {@code dvcr login}, in the files that those share.
 *
 * @param files where to look, in that order
 * @param target where to write
 */
public record CredentialStore(List<AuthFile> files, AuthFile target) implements RegistryCredentials {
    public CredentialStore {
        files = List.copyOf(files);
    }

    /** Those of the user whose {@code environment} and {@code home} directory these are. */
    static CredentialStore of(Map<String, String> environment, Path home) {
        Path docker = variable(environment, "DOCKER_CONFIG").map(Path::of).orElseGet(() -> home.resolve(".docker"));
        AuthFile ofDocker = new AuthFile(docker.resolve("config.json"));
        Optional<AuthFile> named =
                variable(environment, "REGISTRY_AUTH_FILE").map(Path::of).map(AuthFile::new);
        List<AuthFile> files = new ArrayList<>();
        named.ifPresent(files::add);
        files.add(ofDocker);
        variable(environment, "XDG_RUNTIME_DIR")
                .map(runtime -> new AuthFile(Path.of(runtime, "containers", "auth.json")))
                .ifPresent(files::add);
        return new CredentialStore(files, named.orElse(ofDocker));
    }

    public static CredentialStore ofThisUser() {
        return of(System.getenv(), Path.of(System.getProperty("user.home")));
    }

    private static Optional<String> variable(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    @Override
    public Optional<Credential> find(String host) throws IOException {
        for (AuthFile file : files) {
            Optional<CredentialHelper> helper = file.helper(host);
            Optional<Credential> credential = helper.isPresent() ? helper.get().find(host) : Optional.empty();
            if (credential.isEmpty()) {
                credential = file.find(host);
            }
            if (credential.isPresent()) {
                return credential;
            }
        }
        return Optional.empty();
    }

    /** Keeps {@code credential}; returns where. */
    public String save(String host, Credential.Password credential) throws IOException {
        Optional<CredentialHelper> helper = target.helper(host);
        if (helper.isPresent()) {
            helper.get().save(host, credential);
            return helper.get().program();
        }
        target.save(host, credential);
        return target.path().toString();
    }

    /** Forgets what is known for {@code host}, wherever it is; returns whether there was anything. */
    public boolean remove(String host) throws IOException {
        boolean removed = false;
        for (AuthFile file : files) {
            Optional<CredentialHelper> helper = file.helper(host);
            removed |= helper.isPresent() && helper.get().remove(host);
            removed |= file.remove(host);
        }
        return removed;
    }
}
