package io.dvcr.importers.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.converters.format.ImageError;
import io.dvcr.importers.source.SourceError;
import io.dvcr.importers.unpack.UnpackError;
import io.dvcr.storage.RegistryError.NotFound;
import io.dvcr.storage.RegistryException;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** docs/api.md lists every phase, step and reason that a job can have, and no other. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ImportDocumentTest {
    private static final Path DOCUMENT = Path.of("../docs/api.md");

    private static String section(String from, String to) throws IOException {
        String document = Files.readString(DOCUMENT);
        int start = document.indexOf(from);
        assertThat(start).as(from).isNotNegative();
        return document.substring(start, document.indexOf(to, start));
    }

    private static Set<String> quoted(String text, String pattern) {
        return Pattern.compile("`(" + pattern + ")`")
                .matcher(text)
                .results()
                .map(result -> result.group(1))
                .collect(TreeSet::new, Set::add, Set::addAll);
    }

    @Test
    void every_phase_is_listed() throws IOException {
        assertThat(quoted(section("- `phase`:", "`error`"), "[A-Z][a-z]+"))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(ImportPhase.values())
                        .map(ImportPhase::label)
                        .toList());
    }

    @Test
    void every_step_is_listed() throws IOException {
        assertThat(quoted(section("`step` is `Connecting`", "`bytesPerSecond`"), "[A-Z][a-z]+"))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(ImportProgress.Step.values())
                        .map(ImportProgress.Step::label)
                        .toList());
    }

    @Test
    void every_reason_to_fail_is_listed() throws ReflectiveOperationException, IOException {
        Set<String> codes = new TreeSet<>();
        codes.addAll(codes(SourceError.class));
        codes.addAll(codes(ImageError.class));
        Arrays.stream(UnpackError.Fault.values()).map(Enum::name).forEach(codes::add);
        for (Throwable cause : List.of(
                new RegistryException(new NotFound("it")),
                new IOException("No space left on device"),
                new IOException("other"))) {
            codes.add(ImportFailure.of(cause).code());
        }
        assertThat(quoted(section("### Why imports fail", "\n## "), "[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*"))
                .containsExactlyInAnyOrderElementsOf(codes);
    }

    /** Of every error of a sealed hierarchy, and of every fault where one has several. */
    private static Set<String> codes(Class<?> type) throws ReflectiveOperationException {
        Set<String> codes = new TreeSet<>();
        if (type.isSealed()) {
            for (Class<?> permitted : type.getPermittedSubclasses()) {
                codes.addAll(codes(permitted));
            }
            return codes;
        }
        Method code = type.getMethod("code");
        for (Object error : instances(type)) {
            codes.add((String) code.invoke(error));
        }
        return codes;
    }

    private static List<Object> instances(Class<?> type) throws ReflectiveOperationException {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        var constructor = type.getDeclaredConstructor(types);
        if (types.length == 0 || !types[0].isEnum()) {
            return List.of(constructor.newInstance(nothing(types)));
        }
        List<Object> instances = new ArrayList<>();
        for (Object fault : types[0].getEnumConstants()) {
            @Nullable Object[] values = nothing(types);
            values[0] = fault;
            instances.add(constructor.newInstance(values));
        }
        return instances;
    }

    /** A code does not depend on the values that the message has. */
    private static @Nullable Object[] nothing(Class<?>... types) {
        @Nullable Object[] values = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            values[i] = nothing(types[i]);
        }
        return values;
    }

    private static @Nullable Object nothing(Class<?> type) {
        return switch (type.getName()) {
            case "int" -> 0;
            case "long" -> 0L;
            case "boolean" -> false;
            default -> null;
        };
    }
}
