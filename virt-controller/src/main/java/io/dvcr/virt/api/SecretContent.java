package io.dvcr.virt.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The fields of a Secret (core/v1). */
public record SecretContent(
        @JsonPropertyDescription("What kind of secret it is.") @Default("Opaque")
        String type,

        @JsonPropertyDescription("The values, in Base64.") Map<String, String> data,

        @JsonPropertyDescription("Values as they are; they are moved to data.")
        Map<String, String> stringData) {

    /** @throws IllegalArgumentException if a value is not in Base64 */
    public SecretContent {
        Map<String, String> all = new HashMap<>(data);
        stringData.forEach((key, value) ->
                all.put(key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
        all.forEach((key, value) -> {
            try {
                Base64.getDecoder().decode(value);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("data." + key + " is not in Base64", e);
            }
        });
        data = Map.copyOf(all);
        stringData = Map.of();
    }

    /** Empty if there is no such value. */
    public Optional<byte[]> value(String key) {
        return Optional.ofNullable(data.get(key)).map(Base64.getDecoder()::decode);
    }

    /** Shows no value. */
    @Override
    public String toString() {
        return "SecretContent[type=" + type + ", keys=" + data.keySet() + "]";
    }
}
