package io.dvcr.registry.access;

import io.dvcr.storage.RepositoryPattern;
import java.util.List;
import java.util.Set;

/** That {@code actions} are allowed on the repositories that one of {@code repositories} is for. */
public record Grant(List<RepositoryPattern> repositories, Set<Action> actions) {
    public Grant {
        repositories = List.copyOf(repositories);
        actions = Set.copyOf(actions);
    }

    boolean allows(Permission.OnRepository wanted) {
        return actions.contains(wanted.action())
                && repositories.stream().anyMatch(pattern -> pattern.matches(wanted.repository()));
    }
}
