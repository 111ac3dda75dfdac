package io.dvcr.registry.access;

import java.util.Optional;

/** Whom a rule is for. Written {@code user:NAME}, {@code group:NAME}, {@code robot:NAME}, or as one of the two words. */
public sealed interface Subject {
    /** Everybody, logged in or not. */
    Subject ANONYMOUS = new Anonymous();

    /** Every user, but no robot. */
    Subject AUTHENTICATED = new Authenticated();

    record Anonymous() implements Subject {
        @Override
        public String toString() {
            return "anonymous";
        }
    }

    record Authenticated() implements Subject {
        @Override
        public String toString() {
            return "authenticated";
        }
    }

    record User(String name) implements Subject {
        @Override
        public String toString() {
            return "user:" + name;
        }
    }

    /** Whoever an external issuer says is a member. */
    record Group(String name) implements Subject {
        @Override
        public String toString() {
            return "group:" + name;
        }
    }

    record Robot(String name) implements Subject {
        @Override
        public String toString() {
            return "robot:" + name;
        }
    }

    /** @throws IllegalArgumentException if {@code text} is none; the message says what is expected */
    static Subject parse(String text) {
        int colon = text.indexOf(':');
        String name = text.substring(colon + 1);
        Optional<Subject> subject = switch (text.substring(0, Math.max(0, colon))) {
            case "" -> word(text);
            case "user" -> Optional.of(new User(name));
            case "group" -> Optional.of(new Group(name));
            case "robot" -> Optional.of(new Robot(name));
            default -> Optional.empty();
        };
        return subject.filter(_ -> !name.isBlank())
                .orElseThrow(() -> new IllegalArgumentException(
                        "must be anonymous, authenticated, user:NAME, group:NAME or robot:NAME, not " + text));
    }

    private static Optional<Subject> word(String text) {
        return switch (text) {
            case "anonymous" -> Optional.of(ANONYMOUS);
            case "authenticated" -> Optional.of(AUTHENTICATED);
            default -> Optional.empty();
        };
    }
}
