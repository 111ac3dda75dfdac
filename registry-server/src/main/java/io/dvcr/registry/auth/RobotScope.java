package io.dvcr.registry.auth;

import io.dvcr.registry.access.Action;
import io.dvcr.registry.access.Grant;
import io.dvcr.registry.access.Grants;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryPattern;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One thing that a robot may do: {@code PATTERN:ACTION,ACTION}, or {@code admin}. */
sealed interface RobotScope {
    String ADMIN = "admin";

    record Admin() implements RobotScope {
        @Override
        public String toString() {
            return ADMIN;
        }
    }

    record OnRepositories(RepositoryPattern pattern, Set<Action> actions) implements RobotScope {
        public OnRepositories {
            actions = Set.copyOf(actions);
        }

        @Override
        public String toString() {
            List<String> names = actions.stream().sorted().map(Action::toString).toList();
            return pattern + ":" + String.join(",", names);
        }
    }

    /** @throws RegistryException with {@link RequestInvalid} if a client's {@code text} is malformed */
    static RobotScope parse(String text) {
        if (text.equals(ADMIN)) {
            return new Admin();
        }
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw malformed(text);
        }
        Set<Action> actions = EnumSet.noneOf(Action.class);
        for (String name : text.substring(colon + 1).split(",", -1)) {
            actions.add(Action.named(name).orElseThrow(() -> malformed(text)));
        }
        return new OnRepositories(RepositoryPattern.parse(text.substring(0, colon)), actions);
    }

    private static RegistryException malformed(String text) {
        String shown = text.length() <= 300 ? text : text.substring(0, 300) + "…";
        return new RegistryException(new RequestInvalid("invalid scope \"" + shown
                + "\": PATTERN:ACTIONS with pull, push, delete and import, such as vms/**:pull,push, or admin"));
    }

    static Grants grants(List<RobotScope> scopes) {
        List<Grant> grants =
                scopes.stream().flatMap(scope -> scope.grant().stream()).toList();
        return new Grants(grants, true, scopes.stream().anyMatch(Admin.class::isInstance));
    }

    private Optional<Grant> grant() {
        return this instanceof OnRepositories(RepositoryPattern pattern, Set<Action> actions)
                ? Optional.of(new Grant(List.of(pattern), actions))
                : Optional.empty();
    }
}
