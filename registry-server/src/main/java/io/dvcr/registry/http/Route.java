package io.dvcr.registry.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A method and a path pattern, whose named groups become path parameters, what it takes to be let in, and who answers. */
public record Route(Method method, Pattern path, Access access, Handler handler) {

    /** @param path a regular expression for the whole path */
    public static Route of(Method method, String path, Access access, Handler handler) {
        return new Route(method, Pattern.compile(path), access, handler);
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
