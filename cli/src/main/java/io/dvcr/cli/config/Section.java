package io.dvcr.cli.config;

import io.dvcr.cli.config.YamlValue.Mapping;
import io.dvcr.cli.config.YamlValue.Pair;
import io.dvcr.cli.config.YamlValue.Scalar;
import io.dvcr.cli.config.YamlValue.Sequence;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The part of a configuration that one record is read from. Every method asks for a key, says what it takes and what
 * holds if nobody sets it, and answers a value that can be used. What is wrong is noted, to be reported with all else
 * that is wrong; the answer is then the default.
 *
 * <p>What is asked here is all there is to say: which keys and environment variables are known, what {@code dvcr config
 * show} prints and what docs/configuration.md must list follow from it. So a key is asked once, and always.
 *
 * <p>The command line wins over the environment, which wins over the file. Not thread-safe.
 */
final class Section implements Entry {
    private static final Duration LONGEST = Duration.ofDays(3650);

    private final Reading reading;
    private final String path;
    private final Origin origin;
    private final Optional<Mapping> mapping;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private boolean faulty;

    /**
     * @param path empty for the whole configuration
     * @param mapping what the file says; empty if nothing
     */
    Section(Reading reading, String path, Origin origin, Optional<Mapping> mapping) {
        this.reading = reading;
        this.path = path;
        this.origin = origin;
        this.mapping = mapping;
    }

    String text(String key, String standard) {
        return value(key, ValueType.TEXT, standard);
    }

    boolean flag(String key, boolean standard) {
        return value(key, ValueType.FLAG, standard);
    }

    int number(String key, int standard, int min, int max) {
        return value(key, ValueType.number(min, max), standard);
    }

    /** Written as {@code 20GiB}, {@code 512M} or a number of bytes. */
    long size(String key, long standardBytes, long minBytes, long maxBytes) {
        return value(key, ValueType.size(minBytes, maxBytes), standardBytes);
    }

    /** Written as {@code 30s}, {@code 24h}, {@code 7d} or {@code PT1H}; ten years at most. */
    Duration duration(String key, Duration standard, Duration min) {
        return value(key, ValueType.duration(min, LONGEST), standard);
    }

    /** Always absolute: in the file it may be relative to the file's directory, else to the working directory. */
    Path path(String key, Path standard) {
        return value(key, pathType(key), standard);
    }

    /** Written in lower case, with dashes. */
    <E extends Enum<E>> E choice(String key, E standard) {
        return value(key, ValueType.choice(List.copyOf(EnumSet.allOf(standard.getDeclaringClass()))), standard);
    }

    <T> T value(String key, ValueType<T> type, T standard) {
        return ask(key, Question.oneOrElse(type, standard)).map(List::getFirst).orElse(standard);
    }

    /** A value that need not be set. A secret, too: it has no default. */
    <T> Optional<T> optional(String key, ValueType<T> type) {
        return ask(key, Question.oneOrNone(type)).map(List::getFirst);
    }

    Optional<Path> optionalPath(String key) {
        return optional(key, pathType(key));
    }

    /**
     * A value that must be set, for sections that need not be there.
     *
     * @param placeholder the answer if it is not, which is a fault, so that nothing comes of the answer
     */
    <T> T required(String key, ValueType<T> type, T placeholder) {
        return ask(key, Question.one(type)).map(List::getFirst).orElse(placeholder);
    }

    Path requiredPath(String key) {
        return required(key, pathType(key), reading.workingDirectory());
    }

    /** Any number of values; in the environment with commas between. */
    <T> List<T> values(String key, ValueType<T> type, List<T> standard) {
        return ask(key, Question.many(type, standard)).orElse(standard);
    }

    List<String> texts(String key, List<String> standard) {
        return values(key, ValueType.TEXT, standard);
    }

    /**
     * A section with a record of its own.
     *
     * @param standard the record if nothing is set, and so the defaults of its keys
     * @param reader makes the record; an {@link IllegalArgumentException} of its constructor is a fault of the section
     */
    <T> T section(String key, T standard, BiFunction<Section, T, T> reader) {
        Section section = child(key);
        enter(key, section);
        return section.made(() -> reader.apply(section, standard)).orElse(standard);
    }

    /** A section that turns something on by being there: in the file, or by a variable for any key of it. */
    <T> Optional<T> optionalSection(String key, Function<Section, T> reader) {
        boolean there =
                pair(key).isPresent() || reading.variables().anyIn(pathOf(key)).isPresent();
        Optional<Section> section = there ? Optional.of(child(key)) : Optional.empty();
        enter(key, new OptionalSection(template(pathOf(key), reader), section));
        return section.flatMap(it -> it.made(() -> reader.apply(it)));
    }

    /** A list of sections with a record each; none if the file names none. Variables cannot set it. */
    <T> List<T> sections(String key, Function<Section, T> reader) {
        List<Section> elements = elements(key);
        enter(key, new SectionList(template(pathOf(key) + "[]", reader), elements));
        List<T> records = new ArrayList<>();
        for (Section element : elements) {
            element.made(() -> reader.apply(element)).ifPresent(records::add);
        }
        return List.copyOf(records);
    }

    /** Notes that {@code key}, which was asked for, does not go with the rest. */
    void reject(String key, String message) {
        Origin where = entries.get(key) instanceof Setting setting ? setting.origin() : origin;
        fault(where, pathOf(key), message);
    }

    /** What was asked for, in that order. */
    Map<String, Entry> entries() {
        return Collections.unmodifiableMap(entries);
    }

    Optional<Mapping> mapping() {
        return mapping;
    }

    String pathOf(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private <T> Optional<List<T>> ask(String key, Question<T> question) {
        Optional<Given> given = given(key, question.list());
        Optional<List<T>> values =
                given.flatMap(it -> answer(pathOf(key), question, it)).or(question::standard);
        enter(
                key,
                new Setting(
                        pathOf(key),
                        variable(key),
                        question,
                        values.map(question::texts),
                        given.map(Given::origin).orElse(Origin.DEFAULT)));
        if (question.required() && given.isEmpty()) {
            fault(origin, pathOf(key), "is missing");
        }
        return values;
    }

    private Optional<Given> given(String key, boolean list) {
        return reading.option(pathOf(key))
                .map(option -> Given.text(new Origin.Option(option.option()), option.value(), list))
                .or(() -> variable(key)
                        .flatMap(name -> reading.variables()
                                .get(name)
                                .map(text -> Given.text(new Origin.Variable(name), text, list))))
                .or(() -> pair(key).map(pair -> new Given(reading.line(pair.line()), pair.value())));
    }

    /** Elements of lists have no variables. */
    private Optional<String> variable(String key) {
        if (path.endsWith("]") || path.contains("].")) {
            return Optional.empty();
        }
        String name = Variables.nameOf(pathOf(key));
        reading.variables().know(name);
        return Optional.of(name);
    }

    private <T> Optional<List<T>> answer(String key, Question<T> question, Given given) {
        List<YamlValue> written;
        if (question.list() && given.value() instanceof Sequence sequence) {
            written = sequence.values();
        } else if (!question.list() && given.value() instanceof Scalar scalar) {
            written = List.of(scalar);
        } else {
            fault(
                    given.origin(),
                    key,
                    "expected " + question.expectation() + ", found "
                            + given.value().kind());
            return Optional.empty();
        }
        List<T> values = new ArrayList<>();
        for (YamlValue value : written) {
            Origin where = value.line() == 0 ? given.origin() : reading.line(value.line());
            parse(key, question.type(), where, value).ifPresent(values::add);
        }
        return values.size() == written.size() ? Optional.of(values) : Optional.empty();
    }

    private <T> Optional<T> parse(String key, ValueType<T> type, Origin where, YamlValue value) {
        if (!(value instanceof Scalar scalar) || scalar.isNothing()) {
            fault(where, key, "expected " + type.name() + ", found " + value.kind());
            return Optional.empty();
        }
        try {
            return Optional.of(type.parser().apply(scalar.text()));
        } catch (IllegalArgumentException e) {
            fault(where, key, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private Section child(String key) {
        Optional<Pair> pair = pair(key);
        Origin where = pair.map(it -> reading.line(it.line()))
                .or(() -> reading.variables().anyIn(pathOf(key)).map(Origin.Variable::new))
                .orElse(Origin.DEFAULT);
        return section(pathOf(key), where, pair.map(Pair::value));
    }

    private List<Section> elements(String key) {
        List<Section> elements = new ArrayList<>();
        Optional<Pair> pair = pair(key);
        if (pair.isPresent() && pair.get().value() instanceof Sequence sequence) {
            for (YamlValue value : sequence.values()) {
                String name = pathOf(key) + "[" + elements.size() + "]";
                elements.add(section(name, reading.line(value.line()), Optional.of(value)));
            }
        } else if (pair.isPresent()) {
            Pair wrong = pair.get();
            fault(
                    reading.line(wrong.line()),
                    pathOf(key),
                    "expected a list of sections, found " + wrong.value().kind());
        }
        return elements;
    }

    /** A section of that {@code value}, which may be missing, and must be a mapping if it is not. */
    private Section section(String sectionPath, Origin where, Optional<YamlValue> value) {
        Optional<Mapping> found = value.filter(Mapping.class::isInstance).map(Mapping.class::cast);
        Section section = new Section(reading, sectionPath, where, found);
        boolean said = value.isPresent() && !(value.get() instanceof Scalar scalar && scalar.isNothing());
        if (found.isEmpty() && said) {
            section.fault(
                    where,
                    sectionPath,
                    "expected a section, found " + value.get().kind());
        }
        return section;
    }

    /** What {@code reader} asks for, found out by letting it ask where nothing is set. */
    private <T> Section template(String sectionPath, Function<Section, T> reader) {
        Section template = new Section(reading.ofTemplate(), sectionPath, Origin.DEFAULT, Optional.empty());
        template.made(() -> reader.apply(template));
        return template;
    }

    /** The record that {@code reader} makes; empty if something is wrong with what it is made of. */
    private <T> Optional<T> made(Supplier<T> reader) {
        try {
            T made = reader.get();
            return faulty ? Optional.empty() : Optional.of(made);
        } catch (IllegalArgumentException e) {
            if (!faulty) {
                fault(firstOrigin(), path, String.valueOf(e.getMessage()));
            }
            return Optional.empty();
        }
    }

    /** Where the section begins; if it is not in the file, what was set of it. */
    private Origin firstOrigin() {
        if (!origin.equals(Origin.DEFAULT)) {
            return origin;
        }
        return entries.values().stream()
                .filter(Setting.class::isInstance)
                .map(entry -> ((Setting) entry).origin())
                .filter(where -> !where.equals(Origin.DEFAULT))
                .findFirst()
                .orElse(reading.line(0));
    }

    private ValueType<Path> pathType(String key) {
        return ValueType.path(
                given(key, false).map(it -> reading.base(it.origin())).orElse(reading.workingDirectory()));
    }

    private Optional<Pair> pair(String key) {
        return mapping.flatMap(it -> it.find(key));
    }

    private void enter(String key, Entry entry) {
        if (entries.putIfAbsent(key, entry) != null) {
            throw new IllegalStateException(pathOf(key) + " is asked for twice");
        }
    }

    private void fault(Origin where, String key, String message) {
        faulty = true;
        reading.faults().add(new Fault(where, key, message));
    }
}
