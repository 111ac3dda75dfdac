package io.dvcr.registry.auth;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Users and the bcrypt hashes of their passwords, as {@code htpasswd -B} of the Apache HTTP server writes them.
 *
 * @param cost the highest of all hashes, by which whoever is not among the users is judged too
 */
record Htpasswd(Map<String, String> hashes, int cost) {
    static final Htpasswd EMPTY = new Htpasswd(Map.of(), 10);

    /** More makes each login take many seconds of a processor. */
    private static final int MAX_COST = 15;

    private static final Pattern BCRYPT = Pattern.compile("\\$2[aby]\\$(\\d\\d)\\$[./A-Za-z0-9]{53}");

    Htpasswd {
        hashes = Map.copyOf(hashes);
    }

    /** @throws IllegalArgumentException with the first line that is wrong, but not with what it says */
    static Htpasswd parse(String text) {
        Map<String, String> hashes = new HashMap<>();
        int cost = 4;
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            int colon = line.indexOf(':');
            require(colon > 0, i, "must be USER:HASH");
            String hash = line.substring(colon + 1);
            cost = Math.max(cost, cost(hash, i));
            require(hashes.put(line.substring(0, colon), hash) == null, i, "names a user for the second time");
        }
        return new Htpasswd(hashes, hashes.isEmpty() ? EMPTY.cost() : cost);
    }

    private static int cost(String hash, int line) {
        Matcher bcrypt = BCRYPT.matcher(hash);
        require(bcrypt.matches(), line, "is not a bcrypt hash ($2y$, $2b$ or $2a$); htpasswd -B makes one");
        int cost = Integer.parseInt(bcrypt.group(1));
        require(cost >= 4 && cost <= MAX_COST, line, "has a cost of " + cost + "; 4 to " + MAX_COST + " are taken");
        return cost;
    }

    private static void require(boolean condition, int line, String fault) {
        if (!condition) {
            throw new IllegalArgumentException("line " + (line + 1) + " " + fault);
        }
    }

    Optional<String> hashOf(String user) {
        return Optional.ofNullable(hashes.get(user));
    }

    /** A hash that costs as much to compare with as a user's. */
    String hashOfNobody() {
        return "$2y$%02d$abcdefghijklmnopqrstuu5cVzOqDHAt.b5wOzO5rJx9vVcVHyfLm".formatted(cost);
    }
}
