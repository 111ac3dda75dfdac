package io.dvcr.virt.resource;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of bytes as Kubernetes writes it, such as {@code 4Gi}, {@code 10G} or {@code 1.5e9}; see <a
 * href="https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/">Quantity</a>.
 *
 * @param text as it was written, which is how it is shown again
 * @param bytes what it means, rounded up to a whole byte
 */
public record Quantity(String text, long bytes) {
    private static final Pattern FORM = Pattern.compile(
            "\\+?(?<number>[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?<suffix>[kMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]{1,2})?");

    private static final int LONGEST = 40;

    private static final Map<String, Long> FACTORS = Map.ofEntries(
            Map.entry("", 1L),
            Map.entry("k", 1_000L),
            Map.entry("M", 1_000_000L),
            Map.entry("G", 1_000_000_000L),
            Map.entry("T", 1_000_000_000_000L),
            Map.entry("P", 1_000_000_000_000_000L),
            Map.entry("E", 1_000_000_000_000_000_000L),
            Map.entry("Ki", 1L << 10),
            Map.entry("Mi", 1L << 20),
            Map.entry("Gi", 1L << 30),
            Map.entry("Ti", 1L << 40),
            Map.entry("Pi", 1L << 50),
            Map.entry("Ei", 1L << 60));

    /** @throws IllegalArgumentException if {@code text} is no quantity, or one that no disk or memory has */
    @JsonCreator
    public static Quantity parse(String text) {
        if (text.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "\"" + text.substring(0, LONGEST) + "…\" is no quantity: it is too long");
        }
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            throw new IllegalArgumentException("\"" + text + "\" is no quantity, such as 512Mi or 10Gi");
        }
        BigDecimal exact =
                scaled(new BigDecimal(form.group("number")), suffix(form)).setScale(0, RoundingMode.CEILING);
        if (exact.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException("\"" + text + "\" is more than 8 EiB");
        }
        return new Quantity(text.strip(), exact.longValueExact());
    }

    /** In the largest binary unit that divides {@code bytes}. */
    public static Quantity ofBytes(long bytes) {
        String[] units = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
        int unit = bytes == 0 ? 0 : Math.min(Long.numberOfTrailingZeros(bytes) / 10, units.length - 1);
        return new Quantity((bytes >> (10 * unit)) + units[unit], bytes);
    }

    private static String suffix(Matcher form) {
        return form.group("suffix") == null ? "" : form.group("suffix");
    }

    private static BigDecimal scaled(BigDecimal number, String suffix) {
        if (suffix.length() > 1 && !suffix.endsWith("i")) {
            return number.scaleByPowerOfTen(Integer.parseInt(suffix.substring(1)));
        }
        return number.multiply(BigDecimal.valueOf(FACTORS.getOrDefault(suffix, 1L)));
    }

    @JsonValue
    @Override
    public String toString() {
        return text;
    }
}
