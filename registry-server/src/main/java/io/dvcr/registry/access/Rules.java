package io.dvcr.registry.access;

import java.util.List;
import java.util.Set;

/** Who is allowed what. */
public record Rules(List<Rule> rules) {
    public Rules {
        rules = List.copyOf(rules);
    }

    /** What somebody is allowed who is all of {@code subjects}. */
    public Rights rightsOf(Set<Subject> subjects) {
        List<Rule> own = rules.stream().filter(rule -> rule.isFor(subjects)).toList();
        return new Grants(
                own.stream().map(Rule::grant).toList(), true, own.stream().anyMatch(Rule::administration));
    }
}
