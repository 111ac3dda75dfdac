package io.dvcr.cli.client;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Numbers of bytes as people write them: powers of 1024, as {@code 512M} or {@code 4.0 GiB}. */
public final class ByteCount implements ITypeConverter<Long> {
    private static final Pattern PATTERN = Pattern.compile("(\\d{1,15})([KMGT]?)(?:i?B)?");
    private static final String UNITS = "KMGT";

    /** For options that take a size. */
    @Override
    public Long convert(String text) {
        try {
            return parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    /** @throws IllegalArgumentException if {@code text} is no number of bytes */
    public static long parse(String text) {
        Matcher matcher = PATTERN.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a size: " + text + "; write for example 512M or 2G");
        }
        long number = Long.parseLong(matcher.group(1));
        int power = matcher.group(2).isEmpty() ? 0 : UNITS.indexOf(matcher.group(2)) + 1;
        if (number > Long.MAX_VALUE >> (10 * power)) {
            throw new IllegalArgumentException("too large a size: " + text);
        }
        return number << (10 * power);
    }

    /** In the largest unit that leaves no rest; {@link #parse} reads it. */
    public static String exact(long bytes) {
        int power = Math.min(UNITS.length(), Long.numberOfTrailingZeros(bytes) / 10);
        return bytes == 0 || power == 0
                ? Long.toString(bytes)
                : (bytes >> (10 * power)) + UNITS.substring(power - 1, power) + "iB";
    }

    /** For people to read, rounded. */
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
