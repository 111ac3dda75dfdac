package io.dvcr.virt.resource;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import java.lang.annotation.Annotation;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The fields of a record, as manifests may write them. They are told by the record itself: a component that is no
 * {@link Optional}, list, map or flag, nor a number that may be 0, and has no {@link Default}, has to be given; {@link JsonPropertyDescription},
 * {@link Min}, {@link Max} and {@link Pattern} mean what they say.
 *
 * @param fields in the order of the components
 */
public record Schema(List<SchemaField> fields) {
    public Schema {
        fields = List.copyOf(fields);
    }

    /**
     * One field.
     *
     * @param required whether it has to be given
     * @param defaultValue what it is if it is not given, as a manifest would write it
     * @param description for people; may be empty
     * @param minimum of a number
     * @param maximum of a number
     * @param pattern that the whole of a text has to match
     */
    public record SchemaField(
            String name,
            FieldType type,
            boolean required,
            Optional<String> defaultValue,
            String description,
            Optional<Long> minimum,
            Optional<Long> maximum,
            Optional<String> pattern) {}

    public static Schema of(Class<? extends Record> type) {
        return new Schema(Arrays.stream(type.getRecordComponents())
                .map(component -> field(type, component))
                .toList());
    }

    /** The fields of a whole resource. */
    public static Schema of(ResourceType<?, ?> type) {
        List<SchemaField> fields = new ArrayList<>();
        fields.add(whole("apiVersion", new FieldType.Text(), type.apiVersion()));
        fields.add(whole("kind", new FieldType.Text(), type.kind()));
        fields.add(whole(
                "metadata",
                new FieldType.Structure(of(Metadata.class)),
                "What it is called, and what is noted of it."));
        Schema spec = of(type.specType());
        if (type.flat()) {
            fields.addAll(spec.fields);
        } else {
            fields.add(whole("spec", new FieldType.Structure(spec), "What is asked for."));
        }
        Schema status = of(type.statusType());
        if (!status.fields.isEmpty()) {
            fields.add(new SchemaField(
                    "status",
                    new FieldType.Structure(status),
                    false,
                    Optional.empty(),
                    "What is so. Only the controller changes it.",
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()));
        }
        return new Schema(fields);
    }

    private static SchemaField whole(String name, FieldType type, String description) {
        return new SchemaField(
                name, type, true, Optional.empty(), description, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** Empty if there is no such field. */
    public Optional<SchemaField> field(String name) {
        return fields.stream().filter(field -> field.name.equals(name)).findFirst();
    }

    private static SchemaField field(Class<? extends Record> type, RecordComponent component) {
        Type declared = component.getGenericType();
        boolean isOptional =
                declared instanceof ParameterizedType parameterized && parameterized.getRawType() == Optional.class;
        FieldType fieldType =
                FieldType.of(isOptional ? ((ParameterizedType) declared).getActualTypeArguments()[0] : declared);
        Optional<String> defaultValue =
                annotation(type, component, Default.class).map(Default::value);
        Optional<Long> minimum = annotation(type, component, Min.class).map(min -> (long) min.value());
        return new SchemaField(
                component.getName(),
                fieldType,
                !isOptional && defaultValue.isEmpty() && (mustBeGiven(declared, fieldType) || minimum.orElse(0L) > 0),
                defaultValue,
                annotation(type, component, JsonPropertyDescription.class)
                        .map(JsonPropertyDescription::value)
                        .orElse(""),
                minimum,
                annotation(type, component, Max.class).map(max -> (long) max.value()),
                annotation(type, component, Pattern.class).map(Pattern::value));
    }

    private static boolean mustBeGiven(Type declared, FieldType type) {
        return switch (type) {
            case FieldType.ListOf _, FieldType.MapOf _ -> false;
            case FieldType.Flag _, FieldType.WholeNumber _ -> !((Class<?>) declared).isPrimitive();
            case FieldType.Text _,
                    FieldType.Choice _,
                    FieldType.Time _,
                    FieldType.Amount _,
                    FieldType.Any _,
                    FieldType.Structure _ -> true;
        };
    }

    private static <A extends Annotation> Optional<A> annotation(
            Class<?> type, RecordComponent component, Class<A> annotation) {
        try {
            Field field = type.getDeclaredField(component.getName());
            return Optional.ofNullable(field.getAnnotation(annotation));
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException(type + " has no field of " + component, e);
        }
    }
}
