package io.dvcr.virt.resource;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which labels a resource has to have: see <a
 * href="https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors">Label selectors</a>.
 *
 * @param requirements all of which have to be met; none for every resource
 */
public record LabelSelector(List<Requirement> requirements) {
    public static final LabelSelector ALL = new LabelSelector(List.of());

    private static final int LONGEST = 4096;

    /** One with its operator: {@code a}, {@code !a}, {@code a=b}, {@code a!=b}, {@code a in (b,c)}, {@code a notin (b)}. */
    private static final Pattern REQUIREMENT =
            Pattern.compile("\\s*(?:(?<absent>!)\\s*(?<absentKey>[A-Za-z0-9][-A-Za-z0-9_./]*)"
                    + "|(?<key>[A-Za-z0-9][-A-Za-z0-9_./]*)\\s*"
                    + "(?:(?<operator>==?|!=)\\s*(?<value>[-A-Za-z0-9_.]*)"
                    + "|(?<=\\s)(?<set>in|notin)\\s*\\((?<values>[-A-Za-z0-9_., ]*)\\))?)\\s*");

    public LabelSelector {
        requirements = List.copyOf(requirements);
    }

    /**
     * What one label has to be.
     *
     * @param values of which the label has to have one; if there are none, any will do
     * @param negated whether all that is the other way round
     */
    public record Requirement(String key, Set<String> values, boolean negated) {
        public Requirement {
            values = Set.copyOf(values);
        }

        boolean isMetBy(Map<String, String> labels) {
            String value = labels.getOrDefault(key, "");
            boolean has = labels.containsKey(key) && (values.isEmpty() || values.contains(value));
            return has != negated;
        }
    }

    /** @throws IllegalArgumentException if {@code text} is no selector */
    public static LabelSelector parse(String text) {
        List<Requirement> requirements = new ArrayList<>();
        if (text.isBlank()) {
            return ALL;
        }
        Matcher matcher = REQUIREMENT.matcher(text);
        int from = 0;
        while (true) {
            matcher.region(from, text.length());
            if (text.length() > LONGEST || !matcher.lookingAt()) {
                throw wrong(text);
            }
            requirements.add(requirement(matcher));
            if (matcher.end() == text.length()) {
                return new LabelSelector(requirements);
            }
            if (text.charAt(matcher.end()) != ',') {
                throw wrong(text);
            }
            from = matcher.end() + 1;
        }
    }

    private static IllegalArgumentException wrong(String text) {
        String shown = text.length() > 100 ? text.substring(0, 100) + "…" : text;
        return new IllegalArgumentException(
                "\"" + shown + "\" is no label selector, such as app=web,tier in (a,b),!old");
    }

    private static Requirement requirement(Matcher matcher) {
        if (matcher.group("absent") != null) {
            return new Requirement(matcher.group("absentKey"), Set.of(), true);
        }
        String key = matcher.group("key");
        if (matcher.group("operator") != null) {
            return new Requirement(
                    key,
                    Set.of(matcher.group("value")),
                    matcher.group("operator").equals("!="));
        }
        if (matcher.group("set") != null) {
            Set<String> values =
                    new HashSet<>(List.of(matcher.group("values").strip().split("\\s*,\\s*", -1)));
            return new Requirement(key, values, matcher.group("set").equals("notin"));
        }
        return new Requirement(key, Set.of(), false);
    }

    public boolean matches(Resource<?, ?> resource) {
        return requirements.stream()
                .allMatch(requirement -> requirement.isMetBy(resource.metadata().labels()));
    }
}
