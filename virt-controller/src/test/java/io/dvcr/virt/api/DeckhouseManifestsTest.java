package io.dvcr.virt.api;

import static io.dvcr.virt.api.Manifests.read;
import static io.dvcr.virt.api.Manifests.resource;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.virt.api.VirtualMachineSpec.Bootloader;
import io.dvcr.virt.api.VirtualMachineSpec.OsType;
import io.dvcr.virt.api.VirtualMachineSpec.RunPolicy;
import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.Quantity;
import io.dvcr.virt.resource.Resource;
import io.dvcr.virt.resource.ResourceJson.Manifest;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** What people wrote for Deckhouse's virtualization.deckhouse.io/v1alpha2 means here what it meant there. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class DeckhouseManifestsTest {

    @Test
    void a_machine_with_cloud_init() {
        Resource<VirtualMachineSpec, VirtualMachineStatus> machine = resource(Kinds.MACHINE, """
                {apiVersion: 'virtualization.deckhouse.io/v1alpha2', kind: 'VirtualMachine',
                 metadata: {name: 'linux-vm', namespace: 'vms', labels: {vm: 'linux'}},
                 spec: {
                   runPolicy: 'AlwaysOn', enableParavirtualization: true, osType: 'Generic', bootloader: 'BIOS',
                   cpu: {cores: 1, coreFraction: '10%'}, memory: {size: '1Gi'},
                   provisioning: {type: 'UserData', userData: '#cloud-config\\nusers: []\\n'},
                   blockDevices: [{type: 'VirtualMachineDisk', virtualMachineDisk: {name: 'linux-disk'}}]}}""");

        assertThat(machine.key()).isEqualTo(Key.of("vms", "linux-vm"));
        assertThat(machine.metadata().labels()).containsEntry("vm", "linux");
        VirtualMachineSpec spec = machine.spec();
        assertThat(spec.runPolicy()).isEqualTo(RunPolicy.AlwaysOn);
        assertThat(spec.cpu().cores()).isEqualTo(1);
        assertThat(spec.cpu().coreFraction()).isEqualTo("10%");
        assertThat(spec.memory().size()).isEqualTo(new Quantity("1Gi", 1L << 30));
        assertThat(spec.provisioning().orElseThrow().userData()).contains("#cloud-config\nusers: []\n");
        assertThat(spec.blockDevices()).containsExactly(BlockDevice.disk("linux-disk"));
    }

    @Test
    void a_windows_machine_with_its_discs() {
        Manifest<VirtualMachineSpec, VirtualMachineStatus> manifest = read(Kinds.MACHINE, """
                {metadata: {name: 'win-vm', namespace: 'default', labels: {vm: 'win'}},
                 spec: {
                   provisioning: {type: 'SysprepSecret', sysprepSecretRef: {name: 'sysprep-config'}},
                   runPolicy: 'Manual', osType: 'Windows', bootloader: 'EFI',
                   cpu: {cores: 6, coreFraction: '50%'}, memory: {size: '8Gi'}, enableParavirtualization: true,
                   tolerations: [{key: 'node-role.kubernetes.io/system', operator: 'Exists', effect: 'NoSchedule'}],
                   nodeSelector: {'node-role.kubernetes.io/system': ''},
                   priorityClassName: 'high', disruptions: {restartApprovalMode: 'Automatic'},
                   terminationGracePeriodSeconds: 90,
                   affinity: {nodeAffinity: {}}, topologySpreadConstraints: [{maxSkew: 1}],
                   blockDevices: [
                     {type: 'ClusterVirtualMachineImage', clusterVirtualMachineImage: {name: 'win-11-iso'}},
                     {type: 'ClusterVirtualMachineImage', clusterVirtualMachineImage: {name: 'win-virtio-iso'}},
                     {type: 'VirtualMachineDisk', virtualMachineDisk: {name: 'win-disk'}}]}}""");

        assertThat(manifest.warnings()) // a single host has one node
                .containsExactly(
                        "spec.affinity is not honoured",
                        "spec.priorityClassName is not honoured",
                        "spec.tolerations is not honoured",
                        "spec.topologySpreadConstraints is not honoured");
        VirtualMachineSpec spec = manifest.resource().spec();
        assertThat(spec.bootloader()).isEqualTo(Bootloader.EFI);
        assertThat(spec.osType()).isEqualTo(OsType.Windows);
        assertThat(spec.blockDevices())
                .containsExactly(
                        BlockDevice.clusterImage("win-11-iso"),
                        BlockDevice.clusterImage("win-virtio-iso"),
                        BlockDevice.disk("win-disk"));
        assertThat(spec.blockDevices().getFirst().key("default")).isEqualTo(Key.ofCluster("win-11-iso"));
        assertThat(spec.provisioning().orElseThrow().secretName()).contains("sysprep-config");
        assertThat(spec.restartApprovalMode()).isEqualTo(VirtualMachineSpec.RestartApprovalMode.Automatic);
        assertThat(spec.terminationGracePeriodSeconds()).isEqualTo(90);
        assertThat(spec.nodeSelector()).containsEntry("node-role.kubernetes.io/system", "");
        assertThat(spec.tolerations()).hasSize(1);
    }

    @Test
    void a_machine_is_given_what_it_does_not_say() {
        VirtualMachineSpec spec = Manifests.resourceNamed(Kinds.MACHINE, "web").spec();

        assertThat(spec.runPolicy()).isEqualTo(RunPolicy.AlwaysOnUnlessStoppedManually);
        assertThat(spec.osType()).isEqualTo(OsType.Generic);
        assertThat(spec.bootloader()).isEqualTo(Bootloader.BIOS);
        assertThat(spec.enableParavirtualization()).isTrue();
        assertThat(spec.cpu().coreFraction()).isEqualTo("100%");
        assertThat(spec.cpu().modelName()).isEmpty();
        assertThat(spec.terminationGracePeriodSeconds()).isEqualTo(60);
        assertThat(spec.restartApprovalMode()).isEqualTo(VirtualMachineSpec.RestartApprovalMode.Manual);
        assertThat(Manifests.resourceNamed(Kinds.MACHINE, "web").key()).isEqualTo(Key.of("default", "web"));
    }

    @Test
    void disks_of_every_source() {
        assertThat(resource(Kinds.DISK, """
                        {metadata: {name: 'linux-disk', namespace: 'vms'}, spec: {
                          persistentVolumeClaim: {size: '10Gi', storageClassName: 'local-path'},
                          dataSource: {type: 'HTTP', http: {url: 'https://cloud-images.ubuntu.com/a.img',
                            checksum: {md5: '0123456789abcdef0123456789abcdef'}, insecureSkipVerify: false}}}}""").spec().storageClassName()).contains("local-path");
        assertThat(resource(Kinds.DISK, """
                        {metadata: {name: 'vmd-blank'}, spec: {persistentVolumeClaim: {size: '100M'}}}""").spec().size().map(Quantity::bytes)).contains(100_000_000L);
        DataSource ofImage = resource(Kinds.DISK, """
                        {metadata: {name: 'ubuntu-root'}, spec: {
                          dataSource: {type: 'ClusterVirtualMachineImage', clusterVirtualMachineImage: {name: 'ubuntu'}}}}""").spec().dataSource().orElseThrow();
        assertThat(ofImage.clusterVirtualMachineImage().map(DataSource.ObjectName::name))
                .contains("ubuntu");
    }

    @Test
    void images_of_every_source() {
        assertThat(resource(Kinds.IMAGE, """
                        {metadata: {name: 'ubuntu-img', namespace: 'vms'}, spec: {storage: 'ContainerRegistry',
                          dataSource: {type: 'HTTP', http: {url: 'https://example.org/a.img'}}}}""").spec().storage())
                .isEqualTo(VirtualMachineImageSpec.Storage.ContainerRegistry);
        assertThat(resource(Kinds.CLUSTER_IMAGE, """
                        {metadata: {name: 'ubuntu-2204'}, spec: {dataSource: {type: 'ContainerImage',
                          containerImage: {image: 'docker.io/username/ubuntu2204:latest'}}}}""").key()).isEqualTo(Key.ofCluster("ubuntu-2204"));
        assertThat(resource(Kinds.CLUSTER_IMAGE, """
                        {metadata: {name: 'some-image'}, spec: {dataSource: {type: 'Upload'}}}""").spec().dataSource().upload())
                .isEqualTo(Optional.empty());
        assertThat(resource(Kinds.CLUSTER_IMAGE, """
                        {metadata: {name: 'golden'}, spec: {dataSource: {type: 'VirtualMachineDisk',
                          virtualMachineDisk: {name: 'root', namespace: 'vms'}}}}""").spec().dataSource().type())
                .isEqualTo(DataSource.Type.VirtualMachineDisk);
    }

    @Test
    void an_attachment_an_operation_and_a_secret() {
        assertThat(resource(Kinds.ATTACHMENT, """
                        {metadata: {name: 'vmd-blank-attachment'}, spec: {virtualMachineName: 'linux-vm',
                          blockDevice: {type: 'VirtualMachineDisk', virtualMachineDisk: {name: 'vmd-blank'}}}}""").spec().blockDevice()).isEqualTo(BlockDevice.disk("vmd-blank"));
        assertThat(resource(Kinds.OPERATION, """
                        {metadata: {name: 'restart'}, spec: {virtualMachineName: 'linux-vm', type: 'Restart', force: true}}""").spec())
                .isEqualTo(new VirtualMachineOperationSpec(VirtualMachineOperationSpec.Type.Restart, "linux-vm", true));
        SecretContent secret = resource(Kinds.SECRET, """
                        {apiVersion: 'v1', kind: 'Secret', metadata: {name: 'linux-vm-cloud-init', namespace: 'default'},
                         data: {userData: 'I2Nsb3VkLWNvbmZpZw=='}, stringData: {more: 'text'}, type: 'Opaque'}""").spec();
        assertThat(secret.value("userData").orElseThrow()).asString().isEqualTo("#cloud-config");
        assertThat(secret.value("more").orElseThrow()).asString().isEqualTo("text");
        assertThat(secret).asString().doesNotContain("I2Nsb3VkLWNvbmZpZw");
    }

    @Test
    void what_is_not_honoured_is_named() {
        assertThat(read(Kinds.MACHINE, """
                        {metadata: {name: 'linux-vm', managedFields: [], selfLink: '/x', color: 'red'},
                         spec: {virtualMachineIPAddressClaimName: 'mine', cpu: {cores: 1, sockets: 2},
                           memory: {size: '1Gi'}, disruptions: {approvalMode: 'Automatic'},
                           blockDevices: [{type: 'VirtualMachineDisk', virtualMachineDisk: {name: 'a', boot: 1}}]}}""").warnings())
                .containsExactlyInAnyOrder(
                        "metadata.color is not honoured",
                        "spec.virtualMachineIPAddressClaimName is not honoured",
                        "spec.cpu.sockets is not honoured",
                        "spec.disruptions.approvalMode is not honoured",
                        "spec.blockDevices[0].virtualMachineDisk.boot is not honoured");
        assertThat(read(Kinds.SECRET, "{metadata: {name: 'a'}, immutable: true}")
                        .warnings())
                .containsExactly("immutable is not honoured");
    }
}
