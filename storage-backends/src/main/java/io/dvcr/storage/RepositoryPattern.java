package io.dvcr.storage;

import io.dvcr.storage.RegistryError.RequestInvalid;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Says which repositories a rule is for. Within a component {@code *} stands for any characters and {@code ?} for one;
 * the component {@code **} stands for any number of components, none included. So {@code vms/*} is for
 * {@code vms/debian} alone of {@code vms}, {@code vms/debian} and {@code vms/team/debian}, {@code vms/**} for all three,
 * and {@code **} for every repository. Every instance is well formed.
 *
 * @param components what stands between the slashes
 */
public record RepositoryPattern(List<String> components) {
    private static final int MAX_LENGTH = 255;
    private static final Pattern COMPONENT = Pattern.compile("\\*\\*|(?!.*\\*\\*)[a-z0-9._*?-]+");

    /** Every repository. */
    public static final RepositoryPattern ALL = new RepositoryPattern(List.of(Glob.ANY_COMPONENTS));

    public RepositoryPattern {
        components = List.copyOf(components);
        if (!isValid(components)) {
            throw new IllegalArgumentException(fault(String.join("/", components)));
        }
    }

    /** @throws IllegalArgumentException if {@code text} is malformed; the message says what is expected */
    public static RepositoryPattern of(String text) {
        return new RepositoryPattern(split(text));
    }

    /** @throws RegistryException with {@link RequestInvalid} if a client's {@code text} is malformed */
    public static RepositoryPattern parse(String text) {
        if (!isValid(split(text))) {
            throw new RegistryException(new RequestInvalid(fault(text)));
        }
        return of(text);
    }

    public boolean matches(RepositoryName repository) {
        return Glob.matches(components, split(repository.value()));
    }

    private static List<String> split(String path) {
        return List.of(path.split("/", -1));
    }

    private static boolean isValid(List<String> components) {
        return !components.isEmpty()
                && String.join("/", components).length() <= MAX_LENGTH
                && components.stream()
                        .allMatch(component -> COMPONENT.matcher(component).matches());
    }

    private static String fault(String text) {
        String shown = text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…";
        return "invalid repository pattern \"" + shown + "\": a repository's name in which * stands for any characters"
                + " and ? for one of a component, and the component ** for any components";
    }

    @Override
    public String toString() {
        return String.join("/", components);
    }
}
