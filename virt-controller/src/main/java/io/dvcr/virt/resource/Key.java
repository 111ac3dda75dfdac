package io.dvcr.virt.resource;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a resource is called among those of its kind. Every instance is well formed: DNS names (RFC 1123), as Kubernetes
 * has them.
 *
 * @param namespace empty for a resource of the whole cluster
 */
public record Key(Optional<String> namespace, String name) implements Comparable<Key> {
    private static final Pattern LABEL = Pattern.compile("[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern SUBDOMAIN = Pattern.compile(LABEL + "(?:\\." + LABEL + ")*");
    private static final int LONGEST_NAME = 253;

    public Key {
        if (!SUBDOMAIN.matcher(name).matches() || name.length() > LONGEST_NAME) {
            throw new IllegalArgumentException("\"" + name
                    + "\" is no name: lower-case letters, digits, - and . with a letter or digit at either end");
        }
        if (namespace.isPresent() && !LABEL.matcher(namespace.get()).matches()) {
            throw new IllegalArgumentException(
                    "\"" + namespace.get()
                            + "\" is no namespace: up to 63 lower-case letters, digits and - with a letter or digit at either end");
        }
    }

    public static Key of(String namespace, String name) {
        return new Key(Optional.of(namespace), name);
    }

    public static Key ofCluster(String name) {
        return new Key(Optional.empty(), name);
    }

    @Override
    public int compareTo(Key other) {
        return Comparator.comparing((Key key) -> key.namespace.orElse(""))
                .thenComparing(Key::name)
                .compare(this, other);
    }

    /** {@code namespace/name}, or the name alone. */
    @Override
    public String toString() {
        return namespace.map(part -> part + "/" + name).orElse(name);
    }
}
