package io.dvcr.cli.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Guesses what somebody meant to write. */
final class Spelling {
    private Spelling() {}

    /** The word nearest to {@code written}, if any is near enough to be what was meant. */
    static Optional<String> nearest(String written, Collection<String> words) {
        int tolerated = 1 + written.length() / 4;
        return words.stream()
                .filter(word -> distance(written, word) <= tolerated)
                .min(Comparator.comparingInt(word -> distance(written, word)));
    }

    /** Levenshtein's: how many letters must be put in, taken out or changed. Case does not count. */
    private static int distance(String from, String to) {
        int[] previous = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] current = new int[to.length() + 1];
            current[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                boolean same = Character.toLowerCase(from.charAt(i - 1)) == Character.toLowerCase(to.charAt(j - 1));
                int changed = previous[j - 1] + (same ? 0 : 1);
                current[j] = Math.min(changed, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[to.length()];
    }
}
