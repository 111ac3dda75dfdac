package io.dvcr.registry.auth;

import io.dvcr.registry.access.Subject;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who somebody is.
 *
 * @param name empty for the anonymous
 * @param groups as an issuer of tokens says
 */
record Identity(Kind kind, String name, Set<String> groups) {
    static final Identity ANONYMOUS = new Identity(Kind.ANONYMOUS, "", Set.of());

    /** The controller of this host's machines. */
    static final Identity CONTROLLER = new Identity(Kind.CONTROLLER, "controller", Set.of());

    enum Kind {
        ANONYMOUS,
        USER,
        ROBOT,
        CONTROLLER;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    Identity {
        groups = Set.copyOf(groups);
    }

    static Identity user(String name) {
        return new Identity(Kind.USER, name, Set.of());
    }

    static Identity robot(String name) {
        return new Identity(Kind.ROBOT, name, Set.of());
    }

    Optional<String> known() {
        return kind == Kind.ANONYMOUS ? Optional.empty() : Optional.of(name);
    }

    /** All that rules may call them. */
    Set<Subject> subjects() {
        Set<Subject> subjects = groups.stream().map(Subject.Group::new).collect(Collectors.toCollection(HashSet::new));
        subjects.add(Subject.ANONYMOUS);
        switch (kind) {
            case USER -> {
                subjects.add(Subject.AUTHENTICATED);
                subjects.add(new Subject.User(name));
            }
            case ROBOT -> subjects.add(new Subject.Robot(name));
            case ANONYMOUS, CONTROLLER -> {}
        }
        return subjects;
    }

    /** As {@code sub} of a token. */
    @Override
    public String toString() {
        return kind == Kind.ANONYMOUS ? kind.toString() : kind + ":" + name;
    }

    /** Reads what {@link #toString} writes. */
    static Optional<Identity> parse(String text) {
        int colon = text.indexOf(':');
        String kind = colon < 0 ? text : text.substring(0, colon);
        String name = colon < 0 ? "" : text.substring(colon + 1);
        for (Kind known : Kind.values()) {
            if (known.toString().equals(kind) && (known == Kind.ANONYMOUS) == name.isEmpty()) {
                return Optional.of(new Identity(known, name, Set.of()));
            }
        }
        return Optional.empty();
    }
}
