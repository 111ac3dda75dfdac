package io.dvcr.virt.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class KeyTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "web-1", "win.11.iso", "1st", "a--b"})
    void names_are_those_of_dns(String name) {
        assertThat(Key.of("default", name)).hasToString("default/" + name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "..", "a/b", "../etc", "Web", "-a", "a-", "a..b", "a_b", "a\u0000", "a\n", "ä", "a b"})
    void what_could_leave_its_directory_is_no_name(String name) {
        assertThatThrownBy(() -> Key.ofCluster(name)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Key.of(name, "web")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_name_is_as_long_as_a_file_name_may_be_and_no_longer() {
        String longest = String.join(".", List.of("a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(61)));
        assertThat(Key.ofCluster(longest).name()).hasSize(253);
        assertThatThrownBy(() -> Key.ofCluster(longest + "e")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Key.of("a".repeat(64), "web")).isInstanceOf(IllegalArgumentException.class);
    }
}
