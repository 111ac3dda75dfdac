package io.dvcr.virt.libvirt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dvcr.virt.runtime.Hypervisor.Guest;
import java.io.IOException;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * What the agent in a guest answers; see <a href="https://www.qemu.org/docs/master/interop/qemu-ga-ref.html">QEMU Guest
 * Agent Protocol Reference</a>. What a guest says is not to be trusted: only text of a bearable length is taken.
 */
final class GuestAgent {
    static final String OS_INFO = "{\"execute\":\"guest-get-osinfo\"}";
    static final String INTERFACES = "{\"execute\":\"guest-network-get-interfaces\"}";

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int LONGEST_TEXT = 200;

    private GuestAgent() {}

    /** @throws IOException if an answer is no JSON */
    static Guest guest(String osInfo, String interfaces) throws IOException {
        JsonNode system = answer(osInfo);
        return new Guest(
                text(system, "id"),
                text(system, "pretty-name"),
                text(system, "kernel-release"),
                address(answer(interfaces)));
    }

    private static JsonNode answer(String json) throws IOException {
        try {
            return MAPPER.readTree(json).path("return");
        } catch (JsonProcessingException e) {
            throw new IOException("the guest's agent does not answer in JSON", e);
        }
    }

    /** The first one that is neither of the loopback nor of one link only; IPv4 before IPv6. */
    private static Optional<String> address(JsonNode interfaces) {
        return Stream.of("ipv4", "ipv6")
                .flatMap(family -> elements(interfaces)
                        .flatMap(network -> elements(network.path("ip-addresses")))
                        .filter(address ->
                                address.path("ip-address-type").asText().equals(family)))
                .flatMap(address -> text(address, "ip-address").stream())
                .filter(address -> !address.startsWith("127.") && !address.equals("::1"))
                .filter(address -> !address.startsWith("169.254.") && !address.startsWith("fe80:"))
                .findFirst();
    }

    private static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private static Optional<String> text(JsonNode object, String name) {
        return Optional.of(object.path(name).asText(""))
                .filter(text -> !text.isBlank() && text.length() <= LONGEST_TEXT)
                .filter(text -> text.chars().noneMatch(Character::isISOControl));
    }
}
