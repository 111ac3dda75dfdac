package io.dvcr.converters.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.converters.qemu.RealQemu;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images that lead elsewhere, made by QEMU itself. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class HostileImagesIT {
    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "qcow2, -b secret -F raw, image, QCOW2_BACKING_FILE",
        "qcow2, -o data_file=secret, image, QCOW2_DATA_FILE",
        "qcow2, -o extended_l2=on, image, QCOW2_EXTENDED_L2_UNSUPPORTED",
        "vmdk, -o subformat=monolithicFlat, image, VMDK_EXTERNAL_FILE",
        "vmdk, -o subformat=twoGbMaxExtentSparse, image, VMDK_EXTERNAL_FILE",
        "vmdk, -o subformat=twoGbMaxExtentSparse, image-s001.vmdk, VMDK_DESCRIPTOR_INVALID",
        "vmdk, -b parent.vmdk -F vmdk, image, VMDK_PARENT",
        "qed, , image, IMAGE_FORMAT_UNSUPPORTED",
        "qcow, , image, IMAGE_FORMAT_UNSUPPORTED",
    })
    void an_image_that_leads_elsewhere_is_refused(String format, String options, String file, String code)
            throws IOException {
        Files.write(directory.resolve("secret"), new byte[1 << 20]);
        RealQemu.run("qemu-img", "create", "-q", "-f", "vmdk", directory.resolve("parent.vmdk"), "1M");
        String inDirectory = (options == null ? "-q" : options)
                .replace("secret", directory + "/secret")
                .replace("parent.vmdk", directory + "/parent.vmdk");
        RealQemu.run(
                "sh", "-c", "qemu-img create -q -f %s %s %s/image.vmdk 1M".formatted(format, inDirectory, directory));
        Path image = directory.resolve(file.equals("image") ? "image.vmdk" : file);
        assertThatThrownBy(() -> ImageInspector.inspect(image, 1L << 40))
                .isInstanceOfSatisfying(
                        ImageException.class,
                        refusal -> assertThat(refusal.error().code()).isEqualTo(code));
    }
}
