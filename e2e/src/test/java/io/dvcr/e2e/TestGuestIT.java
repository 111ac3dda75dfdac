package io.dvcr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.e2e.fixture.EmulatedMachine;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.Eventually;
import io.dvcr.e2e.fixture.Given;
import io.dvcr.e2e.fixture.GuestAgent;
import io.dvcr.e2e.fixture.GuestReport;
import io.dvcr.e2e.fixture.GuestReport.Disk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The guest that other tests ask, alone, so that they may trust what it says. */
@EndToEnd
@Timeout(240)
class TestGuestIT {
    private static final Duration BOOT_DEADLINE = Duration.ofMinutes(2);

    @TempDir
    Path directory;

    @Test
    void it_tells_what_it_has_writes_and_reads_it_and_turns_itself_off() throws Exception {
        try (EmulatedMachine machine = EmulatedMachine.bios(copyOf("guest.raw"), directory)) {
            GuestAgent guest = machine.guest();
            GuestReport report = guest.awaitReport(BOOT_DEADLINE);
            assertThat(report.cpus()).isEqualTo(1);
            assertThat(report.memoryBytes()).isBetween(400L << 20, 512L << 20);
            assertThat(report.isEfi()).isFalse();
            assertThat(report.disks().get("vda")).isEqualTo(new Disk("vda", 64 << 20, false, "first"));
            assertThat(report.disks().get("sda")).isEqualTo(new Disk("sda", 8 << 20, false, "the-second"));
            assertThat(report.provisioning("user-data")).isEmpty();

            guest.write("sda", 2, 42, 1);
            assertThat(guest.sum("sda", 2, 1)).isEqualTo(GuestAgent.patternSum(42, 1));
            assertThat(guest.sum("sda", 1, 1)).isNotEqualTo(GuestAgent.patternSum(42, 1));
            guest.startWriter("sda");
            Eventually.holds(
                    "it writes", BOOT_DEADLINE, () -> guest.writing("sda").rounds() > 1);
            assertThat(guest.stopWriter("sda").errors()).isZero();

            guest.put("kept", "over a reboot");
            guest.reboot();
            guest.awaitReport(BOOT_DEADLINE);
            assertThat(guest.get("kept")).isEqualTo("over a reboot");
            guest.powerOff();
            machine.awaitEnd();
        }
    }

    @Test
    void it_boots_by_efi_with_secure_boot() throws Exception {
        try (EmulatedMachine machine = EmulatedMachine.secureBoot(copyOf("guest-efi.raw"), directory)) {
            GuestReport report = machine.guest().awaitReport(BOOT_DEADLINE);

            assertThat(report.isEfi()).isTrue();
            assertThat(report.isSecureBoot()).isTrue();
        }
    }

    private Path copyOf(String image) throws Exception {
        return Files.copy(Given.image(image), directory.resolve(image));
    }
}
