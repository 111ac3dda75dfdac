package io.dvcr.virt.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.storage.Digest;
import io.dvcr.virt.host.DomainDefinition;
import io.dvcr.virt.machine.Accelerator;
import io.dvcr.virt.machine.ImageDescription;
import io.dvcr.virt.machine.MachineName;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.UUID;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DomainXmlTest {

    @ParameterizedTest
    @CsvSource({
        "disk-kvm.xml, KVM, false, DIRECT",
        "disk-tcg.xml, TCG, false, CACHED",
        "cdrom-tcg.xml, TCG, true, DIRECT",
    })
    void the_definition_is_as_it_was_agreed(String golden, Accelerator accelerator, boolean cdrom, DiskCaching caching)
            throws IOException {
        DomainDefinition definition =
                definition(accelerator, cdrom, Path.of("/var/lib/dvcr/machines/web"), "vms/debian:12");

        assertThat(DomainXml.of(definition, caching)).isEqualTo(resource(golden));
    }

    @Test
    void what_xml_gives_a_meaning_is_escaped() throws Exception {
        Path directory = Path.of("/srv/<a & \"b\"> 'c'/web");

        Document document =
                parse(DomainXml.of(definition(Accelerator.TCG, false, directory, "vms/debian:12"), DiskCaching.DIRECT));

        assertThat(XPathFactory.newInstance().newXPath().evaluate("/domain/devices/disk/source/@file", document))
                .isEqualTo(directory + "/disk");
    }

    private static DomainDefinition definition(
            Accelerator accelerator, boolean cdrom, Path directory, String reference) {
        return new DomainDefinition(
                "dvcr-web-0b2f3c4d",
                UUID.fromString("0b2f3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d"),
                new MachineName("web"),
                2,
                512L << 20,
                accelerator,
                new ImageDescription(reference, Digest.sha256(new byte[0]), 64L << 20, cdrom),
                directory.resolve("disk"),
                directory.resolve("console.sock"),
                directory.resolve("console.log"));
    }

    private static String resource(String name) throws IOException {
        try (InputStream stream = Objects.requireNonNull(DomainXmlTest.class.getResourceAsStream(name), name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Document parse(String xml) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    }
}
