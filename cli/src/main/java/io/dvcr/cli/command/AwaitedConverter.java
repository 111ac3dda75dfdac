package io.dvcr.cli.command;

import io.dvcr.cli.view.FieldPath;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What somebody waits for, on the command line. */
final class AwaitedConverter implements ITypeConverter<Awaited> {
    private static final Pattern CONDITION = Pattern.compile("condition=([A-Za-z0-9]+)(?:=([A-Za-z]+))?");
    private static final Pattern VALUE = Pattern.compile("jsonpath=['\"]?\\{?([^{}='\"]+)}?['\"]?(?:=(.*))?");

    @Override
    public Awaited convert(String text) {
        Matcher condition = CONDITION.matcher(text);
        if (condition.matches()) {
            return new Awaited.Condition(
                    condition.group(1), Optional.ofNullable(condition.group(2)).orElse("True"));
        }
        Matcher value = VALUE.matcher(text);
        if (value.matches()) {
            return value(value.group(1), Optional.ofNullable(value.group(2)));
        }
        return switch (text) {
            case "create" -> new Awaited.Created();
            case "delete" -> new Awaited.Deleted();
            default ->
                throw new TypeConversionException(
                        "must be condition=TYPE[=STATUS], jsonpath=PATH[=VALUE], create or delete, not " + text);
        };
    }

    private static Awaited value(String path, Optional<String> expected) {
        try {
            FieldPath.parse(path);
            return new Awaited.Value(path, expected);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
