package io.dvcr.cli.config;

import io.dvcr.cli.config.YamlValue.Mapping;
import io.dvcr.cli.config.YamlValue.Pair;
import io.dvcr.cli.config.YamlValue.Scalar;
import io.dvcr.cli.config.YamlValue.Sequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads one YAML 1.2 document from the events of its parser, so that every value keeps its line and its spelling. What
 * makes YAML dangerous or surprising is refused: aliases, tags, repeated keys, keys that are no text, deep nesting.
 */
final class YamlDocument {
    private static final int MAX_DEPTH = 32;

    private final String file;
    private final List<Fault> faults;
    private final Iterator<Event> events;

    private YamlDocument(String file, List<Fault> faults, Iterator<Event> events) {
        this.file = file;
        this.faults = faults;
        this.events = events;
    }

    /**
     * The mapping that {@code text} is; an empty one if it is empty or has no usable form.
     *
     * @param file the name of the file, for {@code faults}, which are added to
     */
    static Mapping parse(String file, String text, List<Fault> faults) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(file)
                .setCodePointLimit(Math.max(1, text.length()))
                .build();
        Iterator<Event> events = new Parse(settings).parseString(text).iterator();
        try {
            return new YamlDocument(file, faults, events).root();
        } catch (SyntaxException e) {
            faults.add(e.fault);
        } catch (MarkedYamlEngineException e) {
            faults.add(new Fault(new Origin.InFile(file, line(e.getProblemMark())), "", "not YAML: " + e.getProblem()));
        } catch (YamlEngineException e) {
            faults.add(new Fault(new Origin.InFile(file, 0), "", "not YAML: " + e.getMessage()));
        }
        return new Mapping(List.of(), 0);
    }

    private Mapping root() {
        Mapping root = new Mapping(List.of(), 0);
        boolean seen = false;
        while (events.hasNext()) {
            Event event = events.next();
            if (event instanceof DocumentStartEvent) {
                if (seen) {
                    throw wrong(event, "only one document is allowed");
                }
                seen = true;
                root = mapping(value(events.next(), "", 0));
            }
        }
        return root;
    }

    private Mapping mapping(YamlValue value) {
        return switch (value) {
            case Mapping mapping -> mapping;
            case Scalar scalar when scalar.isNothing() -> new Mapping(List.of(), 0);
            case Scalar _, Sequence _ ->
                throw new SyntaxException(new Fault(
                        new Origin.InFile(file, value.line()),
                        "",
                        "expected lines of key: value, found " + value.kind()));
        };
    }

    private YamlValue value(Event event, String path, int depth) {
        if (depth > MAX_DEPTH) {
            throw wrong(event, "is nested deeper than " + MAX_DEPTH + " levels");
        }
        return switch (event) {
            case ScalarEvent scalar -> scalar(scalar, path);
            case SequenceStartEvent start -> sequence(start, path, depth);
            case MappingStartEvent start -> mapping(start, path, depth);
            case AliasEvent alias -> throw wrong(alias, "anchors and aliases are not supported");
            default -> throw new IllegalStateException("the parser gave " + event);
        };
    }

    private Scalar scalar(ScalarEvent event, String path) {
        if (event.getTag().isPresent()) {
            faults.add(fault(event, path, "tags such as " + event.getTag().get() + " are not supported"));
        }
        return new Scalar(event.getValue(), event.isPlain(), line(event));
    }

    private Sequence sequence(SequenceStartEvent start, String path, int depth) {
        List<YamlValue> values = new ArrayList<>();
        for (Event event = events.next(); event.getEventId() != Event.ID.SequenceEnd; event = events.next()) {
            values.add(value(event, path + "[" + values.size() + "]", depth + 1));
        }
        return new Sequence(values, line(start));
    }

    private Mapping mapping(MappingStartEvent start, String path, int depth) {
        List<Pair> pairs = new ArrayList<>();
        Map<String, Integer> lines = new HashMap<>();
        for (Event event = events.next(); event.getEventId() != Event.ID.MappingEnd; event = events.next()) {
            if (!(event instanceof ScalarEvent key)) {
                throw wrong(event, "a key must be a word");
            }
            String keyPath = path.isEmpty() ? key.getValue() : path + "." + key.getValue();
            YamlValue value = value(events.next(), keyPath, depth + 1);
            Integer first = lines.putIfAbsent(key.getValue(), line(key));
            if (first == null) {
                pairs.add(new Pair(key.getValue(), line(key), value));
            } else {
                faults.add(fault(key, keyPath, "is already on line " + first));
            }
        }
        return new Mapping(pairs, line(start));
    }

    private SyntaxException wrong(Event event, String message) {
        return new SyntaxException(fault(event, "", message));
    }

    private Fault fault(Event event, String path, String message) {
        return new Fault(new Origin.InFile(file, line(event)), path, message);
    }

    private static int line(Event event) {
        return line(event.getStartMark());
    }

    private static int line(Optional<Mark> mark) {
        return mark.map(at -> at.getLine() + 1).orElse(0);
    }

    /** The rest of the document cannot be understood. */
    private static final class SyntaxException extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient Fault fault;

        private SyntaxException(Fault fault) {
            super(fault.message());
            this.fault = fault;
        }
    }
}
