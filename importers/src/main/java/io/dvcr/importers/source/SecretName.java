package io.dvcr.importers.source;

import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import java.util.regex.Pattern;

/** What a secret is called: a name as Kubernetes has them (RFC 1123), so never a path. Every instance is well formed. */
public record SecretName(String value) {
    private static final Pattern FORM = Pattern.compile("[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?");

    public SecretName {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "a secret's name has up to 63 lower case letters, digits and dashes, unlike \"" + value + "\"");
        }
    }

    /** @throws RegistryException with {@link RequestInvalid} if a client's {@code text} is none */
    public static SecretName parse(String text) {
        try {
            return new SecretName(text);
        } catch (IllegalArgumentException e) {
            throw new RegistryException(new RequestInvalid(String.valueOf(e.getMessage())));
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
