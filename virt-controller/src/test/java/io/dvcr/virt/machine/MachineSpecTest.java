package io.dvcr.virt.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class MachineSpecTest {
    private static final long MEMORY = 512L << 20;

    @ParameterizedTest
    @ValueSource(strings = {"a", "web-1", "0", "a23456789012345678901234567890123456789012345678901234567890123"})
    void a_dns_label_names_a_machine(String name) {
        assertThat(MachineName.parse(name)).hasToString(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-a",
                "a-",
                "A",
                "a.b",
                "a/b",
                "..",
                ".a",
                "a\n",
                "ä",
                "a234567890123456789012345678901234567890123456789012345678901234"
            })
    void anything_else_is_the_clients_fault(String name) {
        assertThatExceptionOfType(RegistryException.class)
                .isThrownBy(() -> MachineName.parse(name))
                .satisfies(e -> assertThat(e.error()).isInstanceOf(RequestInvalid.class));
    }

    @ParameterizedTest
    @CsvSource({
        "vms/debian:12, vms/debian:12",
        "vms/debian, vms/debian:latest",
        "vms/debian@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855,"
                + "vms/debian@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    })
    void an_image_without_a_tag_is_the_latest(String given, String meant) {
        assertThat(spec(given, 1, MEMORY).image()).isEqualTo(meant);
    }

    @ParameterizedTest
    @CsvSource({
        "Vms/debian:12, 1, 536870912",
        "vms/debian:, 1, 536870912",
        "vms/debian@sha256:12, 1, 536870912",
        "vms/debian:12, 0, 536870912",
        "vms/debian:12, 256, 536870912",
        "vms/debian:12, 1, 33554431",
        "vms/debian:12, 1, -1"
    })
    void values_out_of_bounds_are_the_clients_fault(String image, int cpus, long memoryBytes) {
        assertThatExceptionOfType(RegistryException.class).isThrownBy(() -> spec(image, cpus, memoryBytes));
    }

    @Test
    void the_message_gives_value_and_expectation() {
        assertThatExceptionOfType(RegistryException.class)
                .isThrownBy(() -> spec("vms/debian:12", 0, MEMORY))
                .withMessage("cpus is 0, expected 1 to 255");
        assertThatExceptionOfType(RegistryException.class)
                .isThrownBy(() -> AcceleratorRequest.parse("hvf"))
                .withMessage("invalid accelerator \"hvf\": auto, kvm or tcg");
    }

    private static MachineSpec spec(String image, int cpus, long memoryBytes) {
        return MachineSpec.parse("web", image, cpus, memoryBytes, AcceleratorRequest.AUTO);
    }
}
