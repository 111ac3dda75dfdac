package io.dvcr.cli.config;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The environment variables that set keys: {@code DVCR_UPLOADS_EXPIRE_AFTER} sets {@code uploads.expireAfter}. */
final class Variables {
    private static final String PREFIX = "DVCR_";
    private static final Pattern HUMP = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");

    /** Variables of ours that set no key, as docs/configuration.md lists them. */
    private static final Pattern OTHERS =
            Pattern.compile("DVCR_(CA_FILE|CONFIG|HEAP|SERVER|NAMESPACE|TOKEN|LOG_LEVEL|LOG_FORMAT|E2E_.*)");

    /** What Kubernetes sets in a Pod for every Service that is called dvcr or dvcr-something. */
    private static final Pattern SERVICE_LINK =
            Pattern.compile("DVCR_(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT_\\d+_(TCP|UDP|SCTP)(_.+)?)");

    private static final Pattern SERVICE_URL = Pattern.compile("(tcp|udp|sctp)://.+");

    private final Map<String, String> set;
    private final Set<String> known;

    private Variables(Map<String, String> set, Set<String> known) {
        this.set = set;
        this.known = known;
    }

    /** Those of {@code environment} that begin with {@code DVCR_}; an empty one counts as not set. */
    static Variables of(Map<String, String> environment) {
        Map<String, String> set = new TreeMap<>(environment);
        set.entrySet()
                .removeIf(variable -> !variable.getKey().startsWith(PREFIX)
                        || variable.getValue().isEmpty());
        return new Variables(set, new TreeSet<>());
    }

    /** None of them set; what is made known there is known here. */
    Variables unset() {
        return new Variables(Map.of(), known);
    }

    static String nameOf(String path) {
        return PREFIX + HUMP.matcher(path).replaceAll("_").replace('.', '_').toUpperCase(Locale.ROOT);
    }

    /** Makes {@code name} one that sets a key. */
    void know(String name) {
        known.add(name);
    }

    Optional<String> get(String name) {
        return Optional.ofNullable(set.get(name));
    }

    /** One that sets something in the section {@code path}. */
    Optional<String> anyIn(String path) {
        String prefix = nameOf(path) + "_";
        return set.keySet().stream().filter(name -> name.startsWith(prefix)).findFirst();
    }

    /** A fault for each variable that looks as if it set a key, and sets none. */
    List<Fault> unknown() {
        return set.keySet().stream()
                .filter(name -> !known.contains(name) && !isOther(name))
                .map(name -> new Fault(new Origin.Variable(name), "", "sets no key" + suggestion(name)))
                .toList();
    }

    private boolean isOther(String name) {
        return OTHERS.matcher(name).matches()
                || SERVICE_LINK.matcher(name).matches()
                || SERVICE_URL.matcher(get(name).orElse("")).matches();
    }

    private String suggestion(String name) {
        return Spelling.nearest(name, known)
                .map(near -> "; did you mean " + near + "?")
                .orElse("");
    }
}
