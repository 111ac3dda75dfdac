package io.dvcr.importers.unpack;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.importers.unpack.UnpackError.Fault;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Random;

/** What the tests of unpacking have in common. */
final class UnpackTests {
    static final UnpackLimits LIMITS = new UnpackLimits(1 << 20, Duration.ofSeconds(30), new UnpackRoom());
    static final byte[] DISK = random(300_001);

    private UnpackTests() {}

    static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    static UnpackedFile open(byte[] source, UnpackLimits limits) throws IOException {
        return UnpackedFile.in(new ByteArrayInputStream(source), OptionalLong.of(source.length), limits);
    }

    static byte[] read(byte[] source) throws IOException {
        return read(source, LIMITS);
    }

    static byte[] read(byte[] source, UnpackLimits limits) throws IOException {
        try (UnpackedFile file = open(source, limits)) {
            return file.readAllBytes();
        }
    }

    static byte[] readContainerDisk(byte[] layer) throws IOException {
        try (UnpackedFile file = UnpackedFile.inContainerDisk(new ByteArrayInputStream(layer), LIMITS)
                .orElseThrow()) {
            return file.readAllBytes();
        }
    }

    static void assertRefused(byte[] source, Fault fault) {
        assertThatThrownBy(() -> read(source))
                .isInstanceOfSatisfying(UnpackException.class, e -> assertFault(e, fault));
    }

    static void assertContainerDiskRefused(byte[] layer, Fault fault) {
        assertThatThrownBy(() -> readContainerDisk(layer))
                .isInstanceOfSatisfying(UnpackException.class, e -> assertFault(e, fault));
    }

    private static void assertFault(UnpackException refusal, Fault fault) {
        if (refusal.error().fault() != fault) {
            throw new AssertionError("expected " + fault, refusal);
        }
    }
}
