package io.dvcr.cli.config;

import io.dvcr.cli.client.ByteCount;
import io.dvcr.storage.AddressRange;
import io.dvcr.storage.RepositoryPattern;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A kind of value that a key can have.
 *
 * @param name what it is called in messages and in docs/configuration.md, with its bounds
 * @param parser throws {@link IllegalArgumentException}, whose message says what is wrong with the text, if it is none
 * @param formatter makes a text that {@code parser} reads as the same value
 * @param secret whether values must not be shown to anybody
 */
record ValueType<T>(String name, Function<String, T> parser, Function<T, String> formatter, boolean secret) {
    static final ValueType<String> TEXT = new ValueType<>("text", ValueType::notEmpty, text -> text, false);
    static final ValueType<String> SECRET = new ValueType<>("secret", ValueType::notEmpty, text -> text, true);
    static final ValueType<Boolean> FLAG =
            new ValueType<>("true or false", ValueType::parseFlag, String::valueOf, false);

    /** Of repositories, for rules. */
    static final ValueType<RepositoryPattern> REPOSITORIES =
            new ValueType<>("repository pattern", RepositoryPattern::of, RepositoryPattern::toString, false);

    static final ValueType<AddressRange> ADDRESS_RANGE =
            new ValueType<>("address or range", AddressRange::parse, AddressRange::toString, false);

    /** Of http or https, with a host. */
    static final ValueType<URI> URL = new ValueType<>("URL", ValueType::parseUrl, URI::toString, false);

    static ValueType<Integer> number(int min, int max) {
        String name = "number, " + min + " to " + max;
        return new ValueType<>(name, text -> parseNumber(text, min, max), String::valueOf, false);
    }

    static ValueType<Duration> duration(Duration min, Duration max) {
        String name = "duration, " + DurationText.format(min) + " to " + DurationText.format(max);
        Function<String, Duration> parser = text -> within(DurationText.parse(text), min, max, DurationText::format);
        return new ValueType<>(name, parser, DurationText::format, false);
    }

    static ValueType<Long> size(long minBytes, long maxBytes) {
        String name = "size, " + ByteCount.exact(minBytes) + " to " + ByteCount.exact(maxBytes);
        Function<String, Long> parser =
                text -> within(ByteCount.parse(text.replace(" ", "")), minBytes, maxBytes, ByteCount::exact);
        return new ValueType<>(name, parser, ByteCount::exact, false);
    }

    /** @param base what a relative path is relative to */
    static ValueType<Path> path(Path base) {
        return new ValueType<>("path", text -> parsePath(base, text), Path::toString, false);
    }

    /** One of {@code constants}, in lower case and with dashes. */
    static <E extends Enum<E>> ValueType<E> choice(List<E> constants) {
        String name = constants.stream().map(ValueType::word).collect(Collectors.joining(", "));
        Function<String, E> parser = text -> constants.stream()
                .filter(constant -> word(constant).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("must be one of " + name + ", not " + text));
        return new ValueType<>("one of " + name, parser, ValueType::word, false);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static <T extends Comparable<T>> T within(T value, T min, T max, Function<T, String> format) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(
                    "must be from " + format.apply(min) + " to " + format.apply(max) + ", not " + format.apply(value));
        }
        return value;
    }

    private static String notEmpty(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("must not be empty");
        }
        return text;
    }

    private static boolean parseFlag(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("must be true or false, not " + text);
        };
    }

    private static int parseNumber(String text, int min, int max) {
        if (!text.matches("-?[0-9]{1,10}")) {
            throw new IllegalArgumentException("must be a whole number, not " + text);
        }
        return Math.toIntExact(within(Long.parseLong(text), (long) min, (long) max, String::valueOf));
    }

    private static URI parseUrl(String text) {
        try {
            URI url = new URI(text);
            String scheme = Optional.ofNullable(url.getScheme()).orElse("").toLowerCase(Locale.ROOT);
            if (Optional.ofNullable(url.getHost()).isPresent() && (scheme.equals("http") || scheme.equals("https"))) {
                return url;
            }
            throw new IllegalArgumentException("must be an http or https URL, not " + text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("must be an http or https URL, not " + text, e);
        }
    }

    private static Path parsePath(Path base, String text) {
        try {
            return base.resolve(notEmpty(text)).normalize();
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("must be a path without NUL characters", e);
        }
    }
}
