package io.dvcr.importers.source;

import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The checksums of files as publishers lay them beside the files: as the tools of GNU coreutils write them ({@code
 * SHA256SUMS}), as those of BSD do ({@code CHECKSUM}), or a hash alone. Lines that are none, such as those of a signature
 * around them, count for nothing.
 */
final class ChecksumList {
    private static final Pattern GNU = Pattern.compile("(\\\\?)([0-9a-fA-F]{32,128})[ \\t]+\\*?(\\S.*)");
    private static final Pattern BSD =
            Pattern.compile("(MD5|SHA1|SHA256|SHA512|SHA2-256|SHA2-512) ?\\((.+)\\) ?= ?([0-9a-fA-F]{32,128})");
    private static final Pattern ALONE = Pattern.compile("[0-9a-fA-F]{32,128}");

    private final List<Line> lines = new ArrayList<>();

    private record Line(String file, Checksum checksum) {}

    ChecksumList(String text) {
        if (ALONE.matcher(text.strip()).matches()) {
            byLength(text.strip()).ifPresent(checksum -> lines.add(new Line("", checksum)));
        }
        text.lines().map(String::stripTrailing).forEach(this::read);
    }

    /** The file that a URL names; empty if it names none. */
    static String fileOf(URI url) {
        String path = Optional.ofNullable(url.getPath()).orElse("");
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /**
     * The strongest checksum of {@code file}: of a line that names it so, or else of one that names it in a directory.
     *
     * @return empty if there is none, or if there are two that differ
     */
    Optional<Checksum> of(String file) {
        return strongest(file).or(() -> strongestIn(file)).or(() -> strongest(""));
    }

    private Optional<Checksum> strongest(String file) {
        return one(lines.stream().filter(line -> line.file().equals(file)).toList());
    }

    private Optional<Checksum> strongestIn(String file) {
        return one(
                lines.stream().filter(line -> line.file().endsWith("/" + file)).toList());
    }

    private static Optional<Checksum> one(List<Line> candidates) {
        Map<Checksum.Algorithm, Set<Checksum>> byAlgorithm = new EnumMap<>(Checksum.Algorithm.class);
        for (Line line : candidates) {
            byAlgorithm
                    .computeIfAbsent(line.checksum().algorithm(), _ -> new HashSet<>())
                    .add(line.checksum());
        }
        return byAlgorithm.keySet().stream()
                .max(Comparator.naturalOrder())
                .map(byAlgorithm::get)
                .filter(strongest -> strongest.size() == 1)
                .map(strongest -> strongest.iterator().next());
    }

    private void read(String line) {
        Matcher gnu = GNU.matcher(line);
        Matcher bsd = BSD.matcher(line);
        if (gnu.matches()) {
            String file = gnu.group(1).isEmpty() ? gnu.group(3) : unescaped(gnu.group(3));
            byLength(gnu.group(2)).ifPresent(checksum -> lines.add(new Line(file, checksum)));
        } else if (bsd.matches()) {
            String label = bsd.group(1).replace("SHA2-", "SHA").toLowerCase(Locale.ROOT);
            byLength(bsd.group(3))
                    .filter(checksum -> checksum.algorithm().label().equals(label))
                    .ifPresent(checksum -> lines.add(new Line(bsd.group(2), checksum)));
        }
    }

    private static Optional<Checksum> byLength(String hex) {
        for (Checksum.Algorithm algorithm : Checksum.Algorithm.values()) {
            if (algorithm.hexLength() == hex.length()) {
                return Optional.of(new Checksum(algorithm, hex));
            }
        }
        return Optional.empty();
    }

    /** Names with a line feed or a backslash in them are marked by a backslash before the hash. */
    private static String unescaped(String name) {
        return name.replace("\\\\", "\0").replace("\\n", "\n").replace("\0", "\\");
    }
}
