package io.dvcr.registry.access;

import java.util.Set;

/**
 * Allows {@code subjects} something; what no rule allows is denied.
 *
 * @param administration whether they may run the registry, which includes everything else
 */
public record Rule(Set<Subject> subjects, Grant grant, boolean administration) {
    public Rule {
        subjects = Set.copyOf(subjects);
        if (subjects.isEmpty()) {
            throw new IllegalArgumentException("names nobody: subjects is empty");
        }
        if (!administration && grant.actions().isEmpty()) {
            throw new IllegalArgumentException("allows nothing: actions is empty");
        }
        if (administration && subjects.contains(Subject.ANONYMOUS)) {
            throw new IllegalArgumentException("admin is not for anonymous");
        }
    }

    boolean isFor(Set<Subject> whom) {
        return subjects.stream().anyMatch(whom::contains);
    }
}
