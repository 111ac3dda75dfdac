package io.dvcr.cli.client;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers of bytes as people write them: powers of 1024, as {@code 512M} or {@code 4.0 GiB}. */
public final class ByteCount {
    private static final Pattern PATTERN = Pattern.compile("(\\d{1,15})([KMGT]?)(?:i?B)?");
    private static final String UNITS = "KMGT";

    private ByteCount() {}

    /** @throws IllegalArgumentException if {@code text} is no number of bytes */
    public static long parse(String text) {
        Matcher matcher = PATTERN.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a size: " + text + "; write for example 512M or 2G");
        }
        int power = matcher.group(2).isEmpty() ? 0 : UNITS.indexOf(matcher.group(2)) + 1;
        return Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << (10 * power));
    }

    public static String format(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double value = bytes;
        int unit = -1;
        while (value >= 1023.95 && unit < UNITS.length() - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %ciB", value, UNITS.charAt(unit));
    }
}
