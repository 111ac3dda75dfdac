package io.dvcr.virt.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.virt.runtime.Domain.Activity;
import io.dvcr.virt.runtime.Domain.End;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DomainStatusTest {

    /** {@code virDomainShutoffReason}. */
    @ParameterizedTest
    @CsvSource({
        "0, false, UNKNOWN",
        "0, true, REBOOTED",
        "1, false, POWERED_OFF",
        "1, true, POWERED_OFF",
        "2, false, DESTROYED",
        "2, true, REBOOTED",
        "3, true, CRASHED",
        "6, false, CRASHED",
        "8, false, CRASHED",
    })
    void an_end_is_told_by_libvirt_and_by_what_was_noted(int reason, boolean noted, End expected) {
        DomainStatus status = new DomainStatus(5, reason);

        assertThat(status.isInactive()).isTrue();
        assertThat(status.end(noted)).isEqualTo(expected);
    }

    /** {@code virDomainState}, {@code virDomainPausedReason}. */
    @ParameterizedTest
    @CsvSource({
        "1, 1, RUNNING",
        "2, 0, RUNNING",
        "3, 1, PAUSED",
        "3, 5, DISK_ERROR",
        "3, 8, SHUTTING_DOWN",
        "3, 11, RUNNING",
        "4, 1, SHUTTING_DOWN",
    })
    void what_a_domain_does_is_told_by_libvirt(int state, int reason, Activity expected) {
        DomainStatus status = new DomainStatus(state, reason);

        assertThat(status.isInactive()).isFalse();
        assertThat(status.activity()).isEqualTo(expected);
    }
}
