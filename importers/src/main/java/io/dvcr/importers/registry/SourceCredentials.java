package io.dvcr.importers.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.cloud.tools.jib.registry.credentials.DockerConfigCredentialRetriever;
import io.dvcr.importers.source.SourceSecret;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the server proves to registries that clients name. */
final class SourceCredentials {
    private static final Logger LOG = LoggerFactory.getLogger(SourceCredentials.class);
    private static final String BASIC = "Basic ";
    private static final String BEARER = "Bearer ";

    private SourceCredentials() {}

    /** What a secret has, for the one registry that it was found to be for. */
    static RegistryCredentials of(SourceSecret secret) {
        Optional<Credential> credential =
                Optional.ofNullable(secret.headers().get("Authorization")).flatMap(SourceCredentials::credential);
        return _ -> credential;
    }

    private static Optional<Credential> credential(String authorization) {
        if (authorization.startsWith(BEARER)) {
            return Optional.of(new Credential.BearerToken(authorization.substring(BEARER.length())));
        }
        if (!authorization.startsWith(BASIC)) {
            return Optional.empty();
        }
        String pair = new String(Base64.getDecoder().decode(authorization.substring(BASIC.length())), UTF_8);
        int colon = pair.indexOf(':');
        return Optional.of(new Credential.Password(pair.substring(0, colon), pair.substring(colon + 1)));
    }

    /** What a file as {@code docker login} writes it has, its credential helpers included; read whenever asked. */
    static RegistryCredentials of(Path dockerConfig) {
        return host -> {
            try {
                return DockerConfigCredentialRetriever.create(host, dockerConfig)
                        .retrieve(_ -> {})
                        .map(SourceCredentials::credential);
            } catch (IOException
                    | RuntimeException e) { // what is wrong with it is for who laid it down, not for who imports
                LOG.atError()
                        .addKeyValue("file", dockerConfig)
                        .addKeyValue("fault", e.getClass().getSimpleName())
                        .log("the docker configuration is not usable");
                throw new IOException("the server's docker configuration is not usable; its log says more");
            }
        };
    }

    private static Credential credential(com.google.cloud.tools.jib.api.Credential known) {
        return known.isOAuth2RefreshToken()
                ? new Credential.RefreshToken(known.getPassword())
                : new Credential.Password(known.getUsername(), known.getPassword());
    }
}
