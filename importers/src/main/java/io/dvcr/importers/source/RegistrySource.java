package io.dvcr.importers.source;

import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import io.dvcr.storage.Digest;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An image in a container registry.
 *
 * @param host of the registry, with its port if that is not the standard one
 * @param image there; what a digest names is verified
 * @param architecture which one of an image for several is taken, by the names of OCI platforms
 * @param secret what the server's operator has for the registry; only its name
 */
public record RegistrySource(String host, ImageReference image, String architecture, Optional<SecretName> secret)
        implements ImportSource {
    /** Which one is taken if nobody says. */
    public static final String DEFAULT_ARCHITECTURE = "amd64";

    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?");
    private static final Pattern ARCHITECTURE = Pattern.compile("[a-z0-9]{1,32}");

    public RegistrySource {
        if (!HOST.matcher(host).matches()) {
            throw new IllegalArgumentException("\"" + host + "\" is not the host of a registry");
        }
        if (!ARCHITECTURE.matcher(architecture).matches()) {
            throw new IllegalArgumentException("\"" + architecture + "\" is not an architecture, such as amd64");
        }
    }

    /**
     * Reads a reference as docker does: without a host it is one of Docker Hub, without a tag it is {@code latest}, and
     * of a tag and a digest the digest holds.
     *
     * @throws RegistryException with {@link RequestInvalid} if what a client says will not do
     */
    public static RegistrySource parse(String image, Optional<String> architecture, Optional<SecretName> secret) {
        try {
            var parsed = com.google.cloud.tools.jib.api.ImageReference.parse(image);
            Reference reference = parsed.getDigest()
                    .<Reference>map(digest -> new Reference.ByDigest(Digest.parse(digest)))
                    .orElseGet(
                            () -> new Reference.ByTag(Tag.parse(parsed.getTag().orElse("latest"))));
            return new RegistrySource(
                    parsed.getRegistry(),
                    new ImageReference(RepositoryName.parse(parsed.getRepository()), reference),
                    architecture.orElse(DEFAULT_ARCHITECTURE),
                    secret);
        } catch (InvalidImageReferenceException e) {
            throw invalid("image must be such as registry.example/vms/debian:12, not \"" + image + "\"");
        } catch (IllegalArgumentException e) {
            throw invalid(String.valueOf(e.getMessage()));
        }
    }

    private static RegistryException invalid(String reason) {
        return new RegistryException(new RequestInvalid("source.registry: " + reason));
    }

    /** As docker writes it; {@link #parse} reads it. */
    public String reference() {
        return host + "/" + image;
    }
}
