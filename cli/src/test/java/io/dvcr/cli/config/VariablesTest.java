package io.dvcr.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class VariablesTest {

    @ParameterizedTest
    @CsvSource({
        "listen, DVCR_LISTEN",
        "garbage.grace, DVCR_GARBAGE_GRACE",
        "uploads.expireAfter, DVCR_UPLOADS_EXPIRE_AFTER",
        "a.b2C.d, DVCR_A_B2_C_D",
    })
    void a_variable_is_named_like_its_key(String key, String variable) {
        assertThat(Variables.nameOf(key)).isEqualTo(variable);
    }

    @Test
    void one_that_sets_nothing_is_a_fault_that_says_what_may_have_been_meant() {
        Variables variables =
                Variables.of(Map.of("DVCR_GARBAGE_GRASE", "1h", "DVCR_XYZ", "1", "DVCR_LISTEN", "x", "DVCR_EMPTY", ""));
        variables.know("DVCR_LISTEN");
        variables.know("DVCR_GARBAGE_GRACE");
        assertThat(variables.unknown())
                .extracting(Fault::toString)
                .containsExactly(
                        "$DVCR_GARBAGE_GRASE: sets no key; did you mean DVCR_GARBAGE_GRACE?", "$DVCR_XYZ: sets no key");
    }

    @Test
    void those_that_others_read_are_none() {
        assertThat(Variables.of(Map.of(
                                "DVCR_CONFIG", "/x",
                                "DVCR_HEAP", "1g",
                                "DVCR_SERVER", "http://x",
                                "DVCR_LOG_LEVEL", "DEBUG",
                                "DVCR_E2E_CACHE", "/x",
                                "PATH", "/bin"))
                        .unknown())
                .isEmpty();
    }

    /** <a href="https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables">Kubernetes</a> */
    @Test
    void those_that_kubernetes_sets_for_a_service_called_dvcr_are_none() {
        assertThat(Variables.of(Map.of(
                                "DVCR_SERVICE_HOST", "10.0.0.11",
                                "DVCR_SERVICE_PORT", "5000",
                                "DVCR_SERVICE_PORT_HTTP", "5000",
                                "DVCR_PORT", "tcp://10.0.0.11:5000",
                                "DVCR_PORT_5000_TCP", "tcp://10.0.0.11:5000",
                                "DVCR_PORT_5000_TCP_PROTO", "tcp",
                                "DVCR_PORT_5000_TCP_PORT", "5000",
                                "DVCR_PORT_5000_TCP_ADDR", "10.0.0.11",
                                "DVCR_METRICS_SERVICE_HOST", "10.0.0.12",
                                "DVCR_METRICS_PORT", "tcp://10.0.0.12:80"))
                        .unknown())
                .isEmpty();
    }
}
