package io.dvcr.importers.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dvcr.importers.source.SourceError.SecretRefused;
import io.dvcr.storage.RepositoryPattern;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The secrets of an operator: a directory for each, by its name, with a file for each part, as Kubernetes mounts Secrets
 * and by the names that it has for the parts. They are read whenever they are needed, so a changed one holds at once.
 *
 * <ul>
 *   <li>{@code hosts}, required: whom it may be shown to, one a line; see {@link SecretScope}
 *   <li>{@code repositories}: patterns of those that may be imported to with it, one a line; else all
 *   <li>{@code username} and {@code password}: Basic; {@code token}: Bearer; {@code headers}: {@code Name: value} lines
 *   <li>{@code tls.crt} and {@code tls.key}: the certificate to show; {@code ca.crt}: whom to trust besides
 * </ul>
 */
final class SecretDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(SecretDirectory.class);
    private static final int MAX_FILE_BYTES = 1 << 20;
    private static final Pattern HEADER = Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \\t]*([^\\p{Cntrl}]*)");

    private final Optional<Path> directory;
    private final Optional<String> authorities;

    /**
     * @param directory empty if there are none
     * @param authorities PEM: whom to trust whatever a secret says
     */
    SecretDirectory(Optional<Path> directory, Optional<String> authorities) {
        this.directory = directory;
        this.authorities = authorities;
    }

    /** @throws SourceException with {@link SecretRefused} if there is none of that name, or it is not usable */
    SourceSecret read(SecretName name) {
        Path secret = directory
                .map(all -> all.resolve(name.value()))
                .filter(Files::isDirectory)
                .orElseThrow(() -> new SourceException(new SecretRefused(name, "there is no such secret")));
        try {
            return read(secret);
        } catch (IOException | IllegalArgumentException e) {
            // what is wrong with it is for who laid it down, not for who named it
            LOG.atError()
                    .addKeyValue("secret", name)
                    .addKeyValue("fault", e.getMessage())
                    .log("a secret is not usable");
            throw new SourceException(
                    new SecretRefused(name, "the operator has to mend it; the server's log says more"), e);
        }
    }

    private SourceSecret read(Path secret) throws IOException {
        List<SecretScope> scopes =
                lines(secret, "hosts").stream().map(SecretScope::parse).toList();
        if (scopes.isEmpty()) {
            throw new IOException("the file hosts is missing: a secret says whom it may be shown to");
        }
        List<RepositoryPattern> repositories = part(secret, "repositories").isPresent()
                ? lines(secret, "repositories").stream()
                        .map(RepositoryPattern::of)
                        .toList()
                : List.of(RepositoryPattern.ALL);
        return new SourceSecret(scopes, repositories, headers(secret), tls(secret));
    }

    private static Map<String, String> headers(Path secret) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line : lines(secret, "headers")) {
            var header = HEADER.matcher(line);
            if (!header.matches()) {
                throw new IOException("a line of the file headers is not \"Name: value\"");
            }
            headers.put(header.group(1), header.group(2));
        }
        authorization(secret).ifPresent(value -> headers.put("Authorization", value));
        return headers;
    }

    private static Optional<String> authorization(Path secret) throws IOException {
        Optional<String> user = part(secret, "username");
        Optional<String> password = part(secret, "password");
        Optional<String> token = part(secret, "token");
        if (user.isPresent() != password.isPresent() || (user.isPresent() && token.isPresent())) {
            throw new IOException("either username and password go together, or there is a token");
        }
        if (token.filter(text -> !text.matches("[\\x21-\\x7e]+")).isPresent()) {
            throw new IOException("the token has characters that no header can hold");
        }
        return token.map(text -> "Bearer " + text)
                .or(() -> user.map(name -> "Basic "
                        + Base64.getEncoder().encodeToString((name + ":" + password.orElseThrow()).getBytes(UTF_8))));
    }

    private Optional<SSLContext> tls(Path secret) throws IOException {
        Optional<String> chain = part(secret, "tls.crt");
        Optional<String> key = part(secret, "tls.key");
        Optional<String> own = part(secret, "ca.crt");
        if (chain.isPresent() != key.isPresent()) {
            throw new IOException("tls.crt and tls.key go together");
        }
        if (chain.isEmpty() && own.isEmpty()) {
            return Optional.empty();
        }
        Optional<SourceTls.Identity> identity = chain.map(pem -> new SourceTls.Identity(pem, key.orElseThrow()));
        String trusted = authorities.map(pem -> pem + "\n").orElse("") + own.orElse("");
        return Optional.of(SourceTls.context(Optional.of(trusted).filter(pem -> !pem.isEmpty()), identity));
    }

    private static List<String> lines(Path secret, String name) throws IOException {
        return part(secret, name)
                .orElse("")
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
    }

    /** Less the end of the line that editors put there. */
    private static Optional<String> part(Path secret, String name) throws IOException {
        try (InputStream in = Files.newInputStream(secret.resolve(name))) {
            byte[] content = in.readNBytes(MAX_FILE_BYTES + 1);
            if (content.length > MAX_FILE_BYTES) {
                throw new IOException("the file " + name + " is larger than " + MAX_FILE_BYTES + " bytes");
            }
            return Optional.of(new String(content, UTF_8).replaceAll("[\\r\\n]+$", ""));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
