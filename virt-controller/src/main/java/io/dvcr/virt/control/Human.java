package io.dvcr.virt.control;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** Amounts as statuses show them to people. */
final class Human {
    private static final String[] UNITS = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};

    private Human() {}

    /** Such as {@code 1.5Gi}; a whole number without a fraction. */
    static String bytes(long bytes) {
        int unit = bytes < 1024 ? 0 : Math.min((63 - Long.numberOfLeadingZeros(bytes)) / 10, UNITS.length - 1);
        double amount = bytes / Math.pow(1024, unit);
        String text = String.format(Locale.ROOT, "%.1f", amount);
        return (text.endsWith(".0") ? text.substring(0, text.length() - 2) : text) + UNITS[unit];
    }

    static String perSecond(long bytes) {
        return bytes(bytes) + "/s";
    }

    /** Such as {@code 1m12s}. */
    static String duration(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        return seconds < 60 ? seconds + "s" : seconds / 60 + "m" + seconds % 60 + "s";
    }

    /** The further of two, such as {@code 42%}: what was told is never taken back. */
    static String furthest(Optional<String> told, int percent) {
        int before = told.map(text -> Integer.parseInt(text.replace("%", ""))).orElse(0);
        return Math.max(before, percent) + "%";
    }
}
