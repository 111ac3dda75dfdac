package io.dvcr.virt.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dvcr.storage.RegistryError.Conflict;
import io.dvcr.storage.RegistryException;
import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.Resource;
import io.dvcr.virt.resource.ResourceJson;
import io.dvcr.virt.resource.ResourceType;
import io.dvcr.virt.resource.Resources;
import io.dvcr.virt.runtime.AcceleratorRequest;
import io.dvcr.virt.runtime.Hypervisor;
import io.dvcr.virt.runtime.ImageRegistry;
import io.dvcr.virt.runtime.Volumes;
import io.dvcr.virt.store.ResourceFiles;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;

/** A host with a controller that can be killed, and what it works on. */
final class World implements Closeable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    final FakeHypervisor hypervisor = new FakeHypervisor();
    final FakeVolumes volumes = new FakeVolumes();
    final FakeRegistry registry = new FakeRegistry();
    final ResourceFiles resources;

    private final NodeSettings node;
    private Controller controller;

    World(Path data) throws IOException {
        resources = ResourceFiles.open(data.resolve("resources"), Kinds.ALL, Clock.systemUTC(), List.of(new Rules()));
        node = new NodeSettings(
                "here",
                Map.of("kubernetes.io/hostname", "here"),
                data.resolve("machines"),
                AcceleratorRequest.AUTO,
                Duration.ofMillis(200),
                Duration.ofSeconds(2));
        controller = start(Mortal.immortal());
    }

    private Controller start(Mortal life) throws IOException {
        return Controller.start(
                life.between(Resources.class, resources),
                life.between(ImageRegistry.class, registry),
                life.between(Volumes.class, volumes),
                life.between(Hypervisor.class, hypervisor),
                (target, _) -> {},
                node,
                Clock.systemUTC());
    }

    /** The controller is no more, and another begins. */
    void restart(Mortal life) throws IOException {
        controller.close();
        try {
            controller = start(life);
        } catch (Mortal.Killed _) {
            assertThat(life.isDead()).isTrue(); // before it had quite begun
        }
    }

    /** Asks for what {@code manifest} says, in JSON with {@code '} for quotes; changes what is there. */
    Resource<?, ?> apply(String manifest) throws IOException {
        JsonNode json = JSON.readTree(manifest.replace('\'', '"'));
        return apply(
                Kinds.of(json.path("apiVersion").asText(), json.path("kind").asText())
                        .orElseThrow(),
                json);
    }

    private <S extends Record, T extends Record> Resource<S, T> apply(ResourceType<S, T> type, JsonNode json)
            throws IOException {
        Resource<S, T> wanted = ResourceJson.read(type, json).resource();
        while (true) {
            Optional<Resource<S, T>> there = resources.find(type, wanted.key());
            try {
                return there.isEmpty()
                        ? resources.create(wanted)
                        : resources.update(there.get().withSpec(wanted.spec()));
            } catch (RegistryException e) {
                if (!(e.error() instanceof Conflict)) {
                    throw e;
                }
            }
        }
    }

    void image(String name, String file) throws IOException {
        apply(
                "{'apiVersion':'virtualization.deckhouse.io/v1alpha2','kind':'ClusterVirtualMachineImage','metadata':{'name':'"
                        + name + "'},'spec':{'dataSource':{'type':'HTTP','http':{'url':'http://web/" + file + "'}}}}");
    }

    void disk(String name, String image, String size) throws IOException {
        String source = image.isEmpty()
                ? ""
                : "'dataSource':{'type':'ClusterVirtualMachineImage','clusterVirtualMachineImage':{'name':'" + image
                        + "'}},";
        String claim = size.isEmpty() ? "{}" : "{'size':'" + size + "'}";
        apply("{'apiVersion':'virtualization.deckhouse.io/v1alpha2','kind':'VirtualMachineDisk','metadata':{'name':'"
                + name + "'},'spec':{" + source + "'persistentVolumeClaim':" + claim + "}}");
    }

    void machine(String name, String policy, int cores, String... disks) throws IOException {
        StringBuilder devices = new StringBuilder();
        for (String disk : disks) {
            String type = disk.startsWith("image:") ? "clusterVirtualMachineImage" : "virtualMachineDisk";
            devices.append(devices.isEmpty() ? "" : ",")
                    .append("{'type':'" + type.substring(0, 1).toUpperCase(Locale.ROOT) + type.substring(1))
                    .append("','" + type + "':{'name':'" + disk.replace("image:", "") + "'}}");
        }
        apply("{'apiVersion':'virtualization.deckhouse.io/v1alpha2','kind':'VirtualMachine','metadata':{'name':'" + name
                + "'},'spec':{'runPolicy':'" + policy + "','cpu':{'cores':" + cores
                + "},'memory':{'size':'256Mi'},'blockDevices':[" + devices + "]}}");
    }

    void attachment(String name, String machine, String disk) throws IOException {
        apply("{'apiVersion':'virtualization.deckhouse.io/v1alpha2','kind':'VirtualMachineBlockDeviceAttachment',"
                + "'metadata':{'name':'" + name + "'},'spec':{'virtualMachineName':'" + machine
                + "','blockDevice':{'type':'VirtualMachineDisk','virtualMachineDisk':{'name':'" + disk + "'}}}}");
    }

    void operate(String name, String type, String machine) throws IOException {
        apply(
                "{'apiVersion':'virtualization.deckhouse.io/v1alpha2','kind':'VirtualMachineOperation','metadata':{'name':'"
                        + name + "'},'spec':{'type':'" + type + "','virtualMachineName':'" + machine + "'}}");
    }

    void delete(ResourceType<?, ?> type, String name) throws IOException {
        resources.delete(type, key(type, name), Optional.empty());
    }

    JsonNode get(ResourceType<?, ?> type, String name) throws IOException {
        return resources
                .find(type, key(type, name))
                .map(resource -> (JsonNode) ResourceJson.write(resource))
                .orElse(JSON.missingNode());
    }

    String phase(ResourceType<?, ?> type, String name) throws IOException {
        return get(type, name).path("status").path("phase").asText("Gone");
    }

    UUID uuid(String machine) throws IOException {
        return UUID.fromString(
                get(Kinds.MACHINE, machine).path("metadata").path("uid").asText());
    }

    void awaitPhase(ResourceType<?, ?> type, String name, String phase) {
        await(type.kind() + " " + name + " is " + phase, () -> phase(type, name).equals(phase));
    }

    void await(String what, Callable<Boolean> condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try {
            while (!condition.call()) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("never: " + what + "; there is " + all());
                }
                Thread.sleep(10);
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(what, e);
        }
    }

    String all() {
        StringBuilder all = new StringBuilder();
        for (ResourceType<?, ?> type : Kinds.ALL) {
            resources.list(type).forEach(resource -> all.append('\n').append(ResourceJson.write(resource)));
        }
        return all.toString();
    }

    /** Nothing is left of what was made. */
    void assertNothingIsLeft() {
        assertThat(hypervisor.domains()).isEmpty();
        assertThat(volumes.all()).isEmpty();
        assertThat(registry.images()).isEmpty();
    }

    private static Key key(ResourceType<?, ?> type, String name) {
        return type.namespaced() ? Key.of("default", name) : Key.ofCluster(name);
    }

    @Override
    public void close() throws IOException {
        controller.close();
        resources.close();
    }
}
