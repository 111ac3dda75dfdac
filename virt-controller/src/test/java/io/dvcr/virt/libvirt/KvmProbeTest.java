package io.dvcr.virt.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.virt.runtime.KvmSupport.Unusable;
import io.dvcr.virt.runtime.KvmSupport.Usable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class KvmProbeTest {
    @TempDir
    Path directory;

    private Path device;

    @BeforeEach
    void makeDevice() throws IOException {
        device = Files.createFile(directory.resolve("kvm"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"fpu vmx sse", "fpu sse svm"})
    void flag_and_device_make_kvm(String flags) throws IOException {
        assertThat(new KvmProbe(cpuinfo(flags), device).probe()).isEqualTo(new Usable());
    }

    @ParameterizedTest
    @ValueSource(strings = {"fpu sse", "fpu vmxish", ""})
    void a_device_alone_does_not(String flags) throws IOException {
        assertThat(new KvmProbe(cpuinfo(flags), device).probe())
                .isEqualTo(new Unusable("KVM cannot be used: the processor's flags have neither vmx nor svm"));
    }

    @Test
    void a_flag_alone_does_not() throws IOException {
        Files.delete(device);

        assertThat(new KvmProbe(cpuinfo("fpu vmx"), device).probe())
                .isEqualTo(new Unusable("KVM cannot be used: there is no " + device));
    }

    private Path cpuinfo(String flags) throws IOException {
        return Files.writeString(
                directory.resolve("cpuinfo"), "processor\t: 0\nflags\t\t: " + flags + "\nbugs\t\t: spectre_v1\n");
    }
}
