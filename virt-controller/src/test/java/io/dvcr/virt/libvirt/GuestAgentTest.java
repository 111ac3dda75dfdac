package io.dvcr.virt.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.dvcr.virt.runtime.Hypervisor.Guest;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class GuestAgentTest {
    private static final String DEBIAN = """
            {"return": {"id": "debian", "pretty-name": "Debian GNU/Linux 12 (bookworm)",
              "kernel-release": "6.1.0-18-amd64", "machine": "x86_64"}}""";

    @Test
    void a_guest_is_known_by_its_system_and_its_address() throws IOException {
        String interfaces = """
                {"return": [
                  {"name": "lo", "ip-addresses": [{"ip-address-type": "ipv4", "ip-address": "127.0.0.1", "prefix": 8}]},
                  {"name": "eth0", "ip-addresses": [
                    {"ip-address-type": "ipv6", "ip-address": "fe80::1", "prefix": 64},
                    {"ip-address-type": "ipv6", "ip-address": "fec0::2", "prefix": 64},
                    {"ip-address-type": "ipv4", "ip-address": "10.0.2.15", "prefix": 24}]}]}""";

        assertThat(GuestAgent.guest(DEBIAN, interfaces))
                .isEqualTo(new Guest(
                        Optional.of("debian"),
                        Optional.of("Debian GNU/Linux 12 (bookworm)"),
                        Optional.of("6.1.0-18-amd64"),
                        Optional.of("10.0.2.15")));
    }

    @Test
    void what_a_guest_does_not_say_or_says_at_length_is_left_out() throws IOException {
        assertThat(GuestAgent.guest("{\"return\": {\"id\": \"" + "x".repeat(300) + "\"}}", "{\"return\": {}}"))
                .isEqualTo(new Guest(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()));
        assertThatIOException().isThrownBy(() -> GuestAgent.guest("{", "{}"));
    }
}
