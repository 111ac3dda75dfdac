package io.dvcr.virt.machine;

import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import java.util.regex.Pattern;

/**
 * The name of a machine: a label as in RFC 1123, which is what names of Kubernetes resources may be. Every instance is
 * well formed, so it is safe as a file name and as a host name.
 */
public record MachineName(String value) implements Comparable<MachineName> {
    private static final Pattern PATTERN = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    public MachineName {
        if (!PATTERN.matcher(value).matches()) {
            throw new IllegalArgumentException("not a machine name: " + value);
        }
    }

    /** @throws RegistryException with {@link RequestInvalid} if a client's {@code text} is malformed */
    public static MachineName parse(String text) {
        if (!PATTERN.matcher(text).matches()) {
            throw new RegistryException(new RequestInvalid("invalid machine name \"" + abbreviated(text)
                    + "\": up to 63 lower-case letters, digits and -, neither starting nor ending with -"));
        }
        return new MachineName(text);
    }

    private static String abbreviated(String text) {
        return text.length() <= 140 ? text : text.substring(0, 140) + "…";
    }

    @Override
    public int compareTo(MachineName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
