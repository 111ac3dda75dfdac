package io.dvcr.cli.config;

import io.dvcr.cli.config.YamlValue.Scalar;
import io.dvcr.cli.config.YamlValue.Sequence;
import java.util.List;
import java.util.stream.Stream;

/** What somebody set a key to. */
record Given(Origin origin, YamlValue value) {

    /** From where there is only text; a list has commas between its values. */
    static Given text(Origin origin, String text, boolean list) {
        if (!list) {
            return new Given(origin, new Scalar(text, false, 0));
        }
        List<YamlValue> values = Stream.of(text.split(",", -1))
                .map(String::strip)
                .filter(value -> !value.isEmpty())
                .<YamlValue>map(value -> new Scalar(value, false, 0))
                .toList();
        return new Given(origin, new Sequence(values, 0));
    }
}
