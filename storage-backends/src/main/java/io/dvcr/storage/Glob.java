package io.dvcr.storage;

import java.util.List;
import java.util.function.IntPredicate;

/** Matching with wildcards. It takes no longer than the product of both lengths, whatever the pattern. */
final class Glob {
    static final String ANY_COMPONENTS = "**";

    private Glob() {}

    /** {@code *} stands for any characters, none included, and {@code ?} for one. */
    static boolean matches(String pattern, String text) {
        return matches(
                pattern.length(),
                at -> pattern.charAt(at) == '*',
                text.length(),
                (at, there) -> pattern.charAt(at) == '?' || pattern.charAt(at) == text.charAt(there));
    }

    /** The component {@code **} stands for any components, none included; the others are patterns of one. */
    static boolean matches(List<String> pattern, List<String> components) {
        return matches(
                pattern.size(),
                at -> pattern.get(at).equals(ANY_COMPONENTS),
                components.size(),
                (at, there) -> matches(pattern.get(at), components.get(there)));
    }

    private interface Fit {
        boolean test(int inPattern, int inText);
    }

    /** Only the last wildcard is ever tried again: what an earlier one could still take, the last one can as well. */
    private static boolean matches(int patternLength, IntPredicate isWildcard, int length, Fit fit) {
        int inPattern = 0;
        int inText = 0;
        int wildcard = -1;
        int takenUpTo = 0;
        while (inText < length) {
            if (inPattern < patternLength && isWildcard.test(inPattern)) {
                wildcard = inPattern++;
                takenUpTo = inText;
            } else if (inPattern < patternLength && fit.test(inPattern, inText)) {
                inPattern++;
                inText++;
            } else if (wildcard >= 0) {
                inPattern = wildcard + 1;
                inText = ++takenUpTo;
            } else {
                return false;
            }
        }
        while (inPattern < patternLength && isWildcard.test(inPattern)) {
            inPattern++;
        }
        return inPattern == patternLength;
    }
}
