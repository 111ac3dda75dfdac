package io.dvcr.importers.registry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One challenge of {@code WWW-Authenticate} (RFC 9110, section 11.6.1).
 *
 * @param scheme in lower case
 * @param parameters by their names in lower case
 */
record AuthenticateHeader(String scheme, Map<String, String> parameters) {
    private static final Pattern PART =
            Pattern.compile("([A-Za-z0-9!#$%&'*+.^_`|~-]+)(?:\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*+)\"|([^\\s,\"]+)))?");

    AuthenticateHeader {
        parameters = Map.copyOf(parameters);
    }

    /** The challenges of all values of the header: a word alone begins one, a word with a value belongs to it. */
    static List<AuthenticateHeader> parse(List<String> values) {
        List<AuthenticateHeader> challenges = new ArrayList<>();
        for (String value : values) {
            String scheme = "";
            Map<String, String> parameters = new HashMap<>();
            Matcher parts = PART.matcher(value);
            while (parts.find()) {
                String word = parts.group(1).toLowerCase(Locale.ROOT);
                Optional<String> given = Optional.ofNullable(parts.group(2))
                        .map(quoted -> quoted.replaceAll("\\\\(.)", "$1"))
                        .or(() -> Optional.ofNullable(parts.group(3)));
                if (given.isPresent()) {
                    parameters.put(word, given.get());
                    continue;
                }
                if (!scheme.isEmpty()) {
                    challenges.add(new AuthenticateHeader(scheme, parameters));
                }
                scheme = word;
                parameters = new HashMap<>();
            }
            if (!scheme.isEmpty()) {
                challenges.add(new AuthenticateHeader(scheme, parameters));
            }
        }
        return List.copyOf(challenges);
    }

    /** The challenge of that scheme. */
    static Optional<AuthenticateHeader> find(List<AuthenticateHeader> challenges, String scheme) {
        return challenges.stream()
                .filter(challenge -> challenge.scheme().equals(scheme))
                .findFirst();
    }

    Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }
}
