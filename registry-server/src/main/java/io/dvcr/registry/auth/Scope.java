package io.dvcr.registry.auth;

import io.dvcr.registry.access.Action;
import io.dvcr.registry.access.Grant;
import io.dvcr.registry.access.Grants;
import io.dvcr.registry.access.Permission;
import io.dvcr.registry.access.Rights;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.RepositoryPattern;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a client wants a token for: {@code repository:NAME:ACTIONS} or {@code registry:NAME:*}, as the distribution
 * project's scope specification has it. Also one entry of a token's {@code access} claim.
 *
 * @param actions as they were written; one that is not known allows nothing
 */
record Scope(String type, String name, Set<String> actions) {
    static final String CATALOG = "registry:catalog:*";
    static final String ADMINISTRATION = "registry:admin:*";

    private static final String ANY = "*";
    private static final int MAX_SCOPES = 200;

    Scope {
        actions = Set.copyOf(actions);
    }

    /**
     * Reads the values of all {@code scope} parameters, each a list with spaces between. What is malformed is left out,
     * since what is not understood is not granted.
     */
    static List<Scope> parseAll(List<String> parameters) {
        return parameters.stream()
                .flatMap(parameter -> Arrays.stream(parameter.split(" ", -1)))
                .limit(MAX_SCOPES)
                .flatMap(text -> parse(text).stream())
                .toList();
    }

    /** A type may have a class, which says nothing here: {@code repository(plugin)}. */
    private static Optional<Scope> parse(String text) {
        int first = text.indexOf(':');
        int last = text.lastIndexOf(':');
        if (first < 0 || first == last) {
            return Optional.empty();
        }
        String type = text.substring(0, first).replaceFirst("\\([^)]*\\)$", "");
        Set<String> actions = Set.copyOf(Arrays.asList(text.substring(last + 1).split(",", -1)));
        return Optional.of(new Scope(type, text.substring(first + 1, last), actions));
    }

    /** The part of this that {@code rights} allow; without actions if that is nothing. */
    Scope within(Rights rights) {
        Set<String> allowed = switch (type) {
            case "repository" ->
                repository()
                        .map(repository -> wanted().stream()
                                .filter(action -> rights.allow(new Permission.OnRepository(repository, action)))
                                .map(Action::toString)
                                .collect(Collectors.toSet()))
                        .orElse(Set.of());
            case "registry" ->
                registryWide().filter(rights::allow).map(_ -> Set.of(ANY)).orElse(Set.of());
            default -> Set.of();
        };
        return new Scope(type, name, allowed);
    }

    private Optional<Permission> registryWide() {
        return actions.contains(ANY) ? registryWide(name) : Optional.empty();
    }

    private static Optional<Permission> registryWide(String name) {
        return switch (name) {
            case "catalog" -> Optional.of(new Permission.Catalog());
            case "admin" -> Optional.of(new Permission.Administration());
            default -> Optional.empty();
        };
    }

    private Set<Action> wanted() {
        if (actions.contains(ANY)) {
            return EnumSet.allOf(Action.class);
        }
        return actions.stream().flatMap(action -> Action.named(action).stream()).collect(Collectors.toSet());
    }

    private Optional<RepositoryName> repository() {
        try {
            return Optional.of(RepositoryName.parse(name));
        } catch (RegistryException e) {
            return Optional.empty(); // there is no such repository, so nothing to allow
        }
    }

    /** All that {@code scopes} say together. */
    static Grants grants(List<Scope> scopes) {
        List<Grant> grants = new ArrayList<>();
        boolean catalog = false;
        boolean administration = false;
        for (Scope scope : scopes) {
            if (scope.type().equals("repository")) {
                scope.repository()
                        .map(repository -> RepositoryPattern.of(repository.value()))
                        .ifPresent(pattern -> grants.add(new Grant(List.of(pattern), scope.wanted())));
            } else if (scope.type().equals("registry")) {
                Optional<Permission> permission = scope.registryWide();
                catalog |=
                        permission.filter(Permission.Catalog.class::isInstance).isPresent();
                administration |= permission
                        .filter(Permission.Administration.class::isInstance)
                        .isPresent();
            }
        }
        return new Grants(grants, catalog, administration);
    }

    @Override
    public String toString() {
        return type + ":" + name + ":"
                + String.join(",", actions.stream().sorted().toList());
    }
}
