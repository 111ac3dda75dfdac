package io.dvcr.virt.libvirt;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dvcr.virt.host.HostUnavailableException;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LibvirtHostTest {

    /** True with libvirt installed and without. */
    @Test
    void a_host_without_libvirt_is_unavailable_each_time_it_is_asked() {
        try (LibvirtHost host = new LibvirtHost("qemu+unix:///system?socket=/nonexistent/libvirt-sock")) {
            for (int i = 0; i < 2; i++) {
                assertThatExceptionOfType(HostUnavailableException.class)
                        .isThrownBy(() -> host.find(UUID.randomUUID()))
                        .withMessageStartingWith("libvirt");
            }
        }
    }
}
