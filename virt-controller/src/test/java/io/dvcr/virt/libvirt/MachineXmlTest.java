package io.dvcr.virt.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.dvcr.virt.api.VirtualMachineSpec.Bootloader;
import io.dvcr.virt.api.VirtualMachineSpec.OsType;
import io.dvcr.virt.runtime.Device;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;

@DisplayNameGeneration(ReplaceUnderscores.class)
class MachineXmlTest {
    private static final UUID MACHINE = UUID.fromString("0b2f3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d");
    private static final Path DIRECTORY = Path.of("/var/lib/dvcr/machines/" + MACHINE);
    private static final String ROOT = "11111111-2222-3333-4444-555555555555";
    private static final String DATA = "22222222-2222-3333-4444-555555555555";
    private static final String ISO = "sha256:0123456789";

    private static final Device ROOT_DISK = Definitions.disk(ROOT, Path.of("/volumes/root/disk"));
    private static final Device DATA_IMAGE = Definitions.readOnlyDisk(DATA, Path.of("/volumes/images/data"));
    private static final Device INSTALLER = Definitions.cdrom(ISO, Path.of("/volumes/images/iso"));

    private static Definitions usual() {
        return Definitions.usual(MACHINE, DIRECTORY, ROOT_DISK, INSTALLER, DATA_IMAGE);
    }

    static Stream<Arguments> what_a_reader_would_check() {
        return Stream.of(
                arguments(usual(), "/domain/@type", "qemu"),
                arguments(usual().kvm(), "/domain/@type", "kvm"),
                arguments(usual(), "//os/type/@machine", "q35"),
                arguments(usual(), "//os/@firmware", ""),
                arguments(usual(), "//on_poweroff", "destroy"),
                arguments(usual(), "//on_reboot", "restart"),
                arguments(usual(), "//serial/source/@path", DIRECTORY + "/console.sock"),
                arguments(usual(), "//serial/log/@file", DIRECTORY + "/console.log"),
                arguments(usual(), "//graphics/listen/@socket", DIRECTORY + "/vnc/vnc.sock"),
                arguments(usual(), "//channel/source/@path", DIRECTORY + "/agent.sock"),
                arguments(usual(), "//channel/target/@name", "org.qemu.guest_agent.0"),
                arguments(usual(), "//memballoon/@freePageReporting", "on"),
                arguments(usual(), "count(//rng)", "1"),
                arguments(usual(), "//controller[@type='usb']/@model", "none"));
    }

    static Stream<Arguments> its_processors_and_memory() {
        return Stream.of(
                arguments(usual(), "//cpu/@mode", "maximum"),
                arguments(usual().kvm(), "//cpu/@mode", "host-model"),
                arguments(usual().processor(4, 20, "Nehalem"), "//cpu/@mode", "custom"),
                arguments(usual().processor(4, 20, "Nehalem"), "//cpu/model", "Nehalem"),
                arguments(usual().processor(4, 20, "Nehalem"), "//vcpu", "4"),
                arguments(usual().processor(4, 20, "Nehalem"), "//topology/@cores", "4"),
                arguments(usual().processor(4, 20, "Nehalem"), "//cputune/shares", "80"),
                arguments(usual(), "//cputune/shares", "100"),
                arguments(usual().memory((64L << 20) + 1), "//memory[@unit='KiB']", "65537"));
    }

    static Stream<Arguments> its_disks() {
        String root = "//disk[target/@dev='vda']";
        String iso = "//disk[target/@dev='sda']";
        String data = "//disk[target/@dev='vdb']";
        return Stream.of(
                arguments(usual(), root + "/source/@file", "/volumes/root/disk"),
                arguments(usual(), root + "/target/@bus", "virtio"),
                arguments(usual(), root + "/driver/@type", "raw"),
                arguments(usual(), root + "/driver/@cache", "none"),
                arguments(usual(), root + "/driver/@io", "native"),
                arguments(usual(), root + "/driver/@discard", "unmap"),
                arguments(usual(), root + "/driver/@error_policy", "stop"),
                arguments(usual(), root + "/driver/@iothread", "1"),
                arguments(usual(), root + "/serial", "11111111-2222-3333-4"),
                arguments(usual(), root + "/alias/@name", "ua-" + ROOT),
                arguments(usual(), root + "/boot/@order", "1"),
                arguments(usual(), "count(" + root + "/readonly)", "0"),
                arguments(usual(), iso + "/@device", "cdrom"),
                arguments(usual(), iso + "/target/@bus", "sata"),
                arguments(usual(), "count(" + iso + "/readonly)", "1"),
                arguments(usual(), iso + "/alias/@name", "ua-sha256_0123456789"),
                arguments(usual(), iso + "/boot/@order", "2"),
                arguments(usual(), data + "/boot/@order", "3"),
                arguments(usual(), "count(" + data + "/readonly)", "1"),
                arguments(usual(), "count(" + data + "/shareable)", "1"),
                arguments(usual(), "count(" + data + "/driver/@discard)", "0"),
                arguments(usual(), "//controller[@type='scsi']/@model", "virtio-scsi"));
    }

    static Stream<Arguments> a_guest_without_virtio() {
        Definitions plain = usual().notParavirtualized();
        return Stream.of(
                arguments(plain, "//disk[source/@file='/volumes/root/disk']/target/@bus", "sata"),
                arguments(plain, "//disk[source/@file='/volumes/images/data']/target/@dev", "sdc"),
                arguments(plain, "//interface/model/@type", "e1000e"),
                arguments(plain, "count(//channel)", "0"),
                arguments(plain, "//memballoon/@model", "none"),
                arguments(plain.os(OsType.LegacyWindows), "//interface/model/@type", "e1000"));
    }

    static Stream<Arguments> windows() {
        Definitions windows = usual().os(OsType.Windows);
        return Stream.of(
                arguments(usual(), "//clock/@offset", "utc"),
                arguments(windows, "//clock/@offset", "localtime"),
                arguments(windows, "count(//hyperv)", "0"),
                arguments(windows.kvm(), "//hyperv/vapic/@state", "on"),
                arguments(windows.kvm(), "//timer[@name='hypervclock']/@present", "yes"),
                arguments(windows, "//input/@type", "tablet"),
                arguments(windows, "//controller[@type='usb']/@model", "qemu-xhci"));
    }

    static Stream<Arguments> firmware() {
        Definitions efi = usual().bootloader(Bootloader.EFI);
        Definitions secure = usual().bootloader(Bootloader.EFIWithSecureBoot);
        return Stream.of(
                arguments(efi, "//os/@firmware", "efi"),
                arguments(efi, "//os/nvram", DIRECTORY + "/nvram.fd"),
                arguments(efi, "//feature[@name='secure-boot']/@enabled", "no"),
                arguments(efi, "count(//smm)", "0"),
                arguments(secure, "//feature[@name='secure-boot']/@enabled", "yes"),
                arguments(secure, "//feature[@name='enrolled-keys']/@enabled", "yes"),
                arguments(secure, "//smm/@state", "on"));
    }

    static Stream<Arguments> a_provisioning_disc() {
        Definitions provisioned = usual().provisioning(DIRECTORY.resolve("provisioning.iso"));
        String disc = "//disk[last()]";
        return Stream.of(
                arguments(provisioned, disc + "/source/@file", DIRECTORY + "/provisioning.iso"),
                arguments(provisioned, disc + "/@device", "cdrom"),
                arguments(provisioned, disc + "/target/@dev", "sdb"),
                arguments(provisioned, "count(" + disc + "/boot)", "0"));
    }

    @ParameterizedTest(name = "{1} is {2}")
    @MethodSource({
        "what_a_reader_would_check",
        "its_processors_and_memory",
        "its_disks",
        "a_guest_without_virtio",
        "windows",
        "firmware",
        "a_provisioning_disc",
    })
    void a_definition_says(Definitions machine, String path, String expected) throws Exception {
        assertThat(evaluate(xml(machine), path)).isEqualTo(expected);
    }

    @Test
    void networks_are_those_of_the_settings() throws Exception {
        assertThat(evaluate(xml(new Networking.User()), "//interface/@type")).isEqualTo("user");
        assertThat(evaluate(xml(new Networking.Passt()), "//interface/backend/@type"))
                .isEqualTo("passt");
        assertThat(evaluate(xml(new Networking.Bridge("br0")), "//interface/source/@bridge"))
                .isEqualTo("br0");
        assertThat(evaluate(xml(new Networking.Network("default")), "//interface/source/@network"))
                .isEqualTo("default");
        assertThat(evaluate(xml(new Networking.User()), "//mac/@address")).isEqualTo("52:54:00:3b:4c:5d");
    }

    @Test
    void a_definition_has_another_revision_exactly_if_it_says_something_else() throws Exception {
        String revision = evaluate(xml(usual()), "//metadata/*/@revision");

        assertThat(revision).hasSize(16).isEqualTo(evaluate(xml(usual()), "//metadata/*/@revision"));
        assertThat(evaluate(xml(usual().cores(2)), "//metadata/*/@revision")).isNotEqualTo(revision);
    }

    @Test
    void what_is_plugged_in_is_scsi_under_a_name_that_is_free() throws Exception {
        DisksXml disks = new DisksXml(true, _ -> DiskCaching.CACHED);
        List<String> taken = List.of("sda", "vda", "sdb");

        String disk = disks.plugged(ROOT_DISK, taken);
        assertThat(evaluate(disk, "/disk/target/@dev")).isEqualTo("sdc");
        assertThat(evaluate(disk, "/disk/target/@bus")).isEqualTo("scsi");
        assertThat(evaluate(disk, "/disk/driver/@cache")).isEqualTo("writeback");
        assertThat(evaluate(disk, "count(//boot)")).isEqualTo("0");
        assertThat(evaluate(disks.plugged(INSTALLER, taken), "/disk/@device")).isEqualTo("disk");
        assertThat(evaluate(disks.plugged(INSTALLER, taken), "count(/disk/readonly)"))
                .isEqualTo("1");
    }

    @Test
    void what_xml_gives_a_meaning_is_escaped() throws Exception {
        Path disk = Path.of("/srv/<a & \"b\"> 'c'/disk");

        String xml = xml(Definitions.usual(MACHINE, DIRECTORY, Definitions.disk(ROOT, disk)));

        assertThat(evaluate(xml, "//disk/source/@file")).isEqualTo(disk.toString());
    }

    private static String xml(Definitions machine) {
        return MachineXml.of(machine.definition(), traits(new Networking.User()));
    }

    private static String xml(Networking networking) {
        return MachineXml.of(usual().definition(), traits(networking));
    }

    private static HostTraits traits(Networking networking) {
        return new HostTraits(networking, CpuWeights.CGROUP_2, _ -> DiskCaching.DIRECT);
    }

    private static String evaluate(String xml, String path) throws Exception {
        Document document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
        return XPathFactory.newInstance().newXPath().evaluate(path, document);
    }
}
