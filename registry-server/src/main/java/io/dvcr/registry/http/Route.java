package io.dvcr.registry.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A method and a path pattern, whose named groups become path parameters, what it takes to be let in, and who answers.
 *
 * @param template the path with the names of its parameters, such as {@code /v2/{name}/tags/list}: what the route is
 *     called in logs, metrics and traces
 */
public record Route(Method method, Pattern path, String template, Access access, Handler handler) {
    private static final Pattern OPTIONAL_CHARACTER = Pattern.compile(".\\?");

    /** @param path a regular expression for the whole path */
    public static Route of(Method method, String path, Access access, Handler handler) {
        return new Route(method, Pattern.compile(path), templateOf(path), access, handler);
    }

    /** {@code /a/{b}} of {@code /a/(?<b>[^/]+)/?}. */
    private static String templateOf(String path) {
        StringBuilder template = new StringBuilder();
        int depth = 0;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '(' && depth++ == 0 && path.startsWith("(?<", i)) {
                template.append('{').append(path, i + 3, path.indexOf('>', i)).append('}');
            } else if (c == ')') {
                depth--;
            } else if (depth == 0) {
                template.append(c);
            }
        }
        return OPTIONAL_CHARACTER.matcher(template).replaceAll("");
    }

    /** The path parameters, if this route takes {@code path}. */
    Optional<Map<String, String>> match(String requested) {
        Matcher matcher = path.matcher(requested);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        path.namedGroups().forEach((name, group) -> {
            String value = matcher.group(group);
            if (value != null) {
                parameters.put(name, value);
            }
        });
        return Optional.of(parameters);
    }
}
