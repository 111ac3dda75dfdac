package io.dvcr.storage.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectKeyTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "A/b", "_tags/1.0", "catalog/a%2Fb", "x-y/z_/0.", "blobs/sha256/ab/cd"})
    void components_are_of_safe_characters(String key) {
        assertThat(new ObjectKey(key)).hasToString(key);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "/", "/a", "a/", "a//b", ".", "..", "a/../b", ".tmp/x", "a/.b", "-a", "%2F", "a b", "ä"})
    void none_leads_anywhere_else(String key) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ObjectKey(key))
                .withMessageContaining("not an object key");
    }
}
