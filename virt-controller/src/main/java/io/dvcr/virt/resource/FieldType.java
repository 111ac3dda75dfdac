package io.dvcr.virt.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What a field holds. */
public sealed interface FieldType {

    /** As {@code explain} names it. */
    String name();

    record Text() implements FieldType {
        @Override
        public String name() {
            return "string";
        }
    }

    record Choice(List<String> values) implements FieldType {
        public Choice {
            values = List.copyOf(values);
        }

        @Override
        public String name() {
            return "string";
        }
    }

    record WholeNumber() implements FieldType {
        @Override
        public String name() {
            return "integer";
        }
    }

    record Flag() implements FieldType {
        @Override
        public String name() {
            return "boolean";
        }
    }

    /** A point in time, RFC 3339. */
    record Time() implements FieldType {
        @Override
        public String name() {
            return "date-time";
        }
    }

    /** A {@link Quantity}. */
    record Amount() implements FieldType {
        @Override
        public String name() {
            return "quantity";
        }
    }

    /** Any JSON; it is not looked into. */
    record Any() implements FieldType {
        @Override
        public String name() {
            return "any";
        }
    }

    record Structure(Schema schema) implements FieldType {
        @Override
        public String name() {
            return "Object";
        }
    }

    record ListOf(FieldType items) implements FieldType {
        @Override
        public String name() {
            return "[]" + items.name();
        }
    }

    record MapOf(FieldType values) implements FieldType {
        @Override
        public String name() {
            return "map[string]" + values.name();
        }
    }

    /** What a Java type of a record's component means. */
    static FieldType of(Type type) {
        return switch (type) {
            case ParameterizedType parameterized
            when parameterized.getRawType() == List.class ->
                new ListOf(of(parameterized.getActualTypeArguments()[0]));
            case ParameterizedType parameterized
            when parameterized.getRawType() == Map.class ->
                new MapOf(of(parameterized.getActualTypeArguments()[1]));
            case Class<?> plain -> ofClass(plain);
            default -> throw new IllegalArgumentException("a field cannot be a " + type);
        };
    }

    private static FieldType ofClass(Class<?> type) {
        if (type == String.class) {
            return new Text();
        }
        if (type == int.class || type == long.class || type == Integer.class || type == Long.class) {
            return new WholeNumber();
        }
        if (type == boolean.class || type == Boolean.class) {
            return new Flag();
        }
        if (type == Instant.class) {
            return new Time();
        }
        if (type == Quantity.class) {
            return new Amount();
        }
        if (JsonNode.class.isAssignableFrom(type)) {
            return new Any();
        }
        if (type.isEnum()) {
            return new Choice(
                    Arrays.stream(type.getEnumConstants()).map(Object::toString).toList());
        }
        if (type.isRecord()) {
            return new Structure(Schema.of(type.asSubclass(Record.class)));
        }
        throw new IllegalArgumentException("a field cannot be a " + type);
    }
}
