package io.dvcr.cli.client;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code Warning} headers: RFC 7234, section 5.5. */
final class WarningHeader {
    private static final Pattern WARNING = Pattern.compile("\\d{3} \\S+ \"((?:[^\"\\\\]|\\\\.)*)\"");

    private WarningHeader() {}

    static List<String> texts(List<String> headers) {
        List<String> texts = new ArrayList<>();
        for (String header : headers) {
            Matcher matcher = WARNING.matcher(header);
            while (matcher.find()) {
                texts.add(matcher.group(1).replaceAll("\\\\(.)", "$1"));
            }
        }
        return texts;
    }
}
