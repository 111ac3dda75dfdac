package io.dvcr.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.cli.client.ByteCount;
import io.dvcr.cli.client.Polling;
import io.dvcr.cli.client.ResourceClient;
import io.dvcr.storage.ImageReference;
import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.ResourceType;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "run",
        description = {
            "Make a VirtualMachine that boots from an image of the registry, and wait until it runs.",
            "Its disk, or its copy of an optical disc, has its name and goes with it."
        })
public final class RunCommand extends ResourceCommand {
    private enum Accelerator {
        auto,
        kvm,
        tcg
    }

    @Parameters(paramLabel = "REF", description = "The image, such as vms/debian:12.")
    private String reference = "";

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "The machine's name; made from the image's if missing.")
    private String name = "";

    @Option(
            names = "--cpus",
            paramLabel = "COUNT",
            defaultValue = "1",
            description = "Virtual processors, 1 if missing.")
    private int cpus = 1;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            defaultValue = "1G",
            converter = ByteCount.class,
            description = "Memory, 1G if missing.")
    private long memory = 1L << 30;

    @Option(
            names = "--accelerator",
            paramLabel = "KIND",
            description = "kvm, tcg (emulation, which runs anywhere), or auto: kvm where this host can, the default.")
    private Accelerator accelerator = Accelerator.auto;

    @Override
    void run() throws IOException {
        ImageReference image = ImageReference.parse(reference);
        boolean cdrom = api().get(ImagePath.of(image.toString())).path("cdrom").asBoolean();
        Key key = key(Kinds.MACHINE, machineName(image));
        ResourceType<?, ?> volume = cdrom ? Kinds.IMAGE : Kinds.DISK;
        ResourceClient resources = resources();
        JsonNode machine = resources
                .create(Kinds.MACHINE, key.namespace(), machine(key, volume), false)
                .resource();
        try {
            resources.create(volume, key.namespace(), volume(key, volume, image, machine), false);
        } catch (IOException e) {
            resources.delete(Kinds.MACHINE, key);
            throw e;
        }
        JsonNode status = awaitRunning(resources, key, volume).path("status");
        out().println("virtualmachine/" + key.name() + " runs with "
                + status.path("accelerator").asText());
        out().println("console  dvcr vm console " + key.name());
    }

    private ObjectNode machine(Key key, ResourceType<?, ?> volume) {
        ObjectNode json = resource(Kinds.MACHINE, key);
        if (accelerator != Accelerator.auto) {
            json.withObject("metadata").putObject("annotations").put(Kinds.ACCELERATOR_ANNOTATION, accelerator.name());
        }
        ObjectNode spec = json.putObject("spec");
        spec.putObject("cpu").put("cores", cpus);
        spec.putObject("memory").put("size", Long.toString(memory));
        ObjectNode device = spec.putArray("blockDevices").addObject().put("type", volume.kind());
        device.putObject(field(volume)).put("name", key.name());
        return json;
    }

    private static String field(ResourceType<?, ?> type) {
        return type.kind().substring(0, 1).toLowerCase(Locale.ROOT)
                + type.kind().substring(1);
    }

    /** It belongs to the machine, and goes with it. */
    private static ObjectNode volume(Key key, ResourceType<?, ?> type, ImageReference image, JsonNode machine) {
        ObjectNode json = resource(type, key);
        json.withObject("metadata")
                .putArray("ownerReferences")
                .addObject()
                .put("apiVersion", Kinds.MACHINE.apiVersion())
                .put("kind", Kinds.MACHINE.kind())
                .put("name", key.name())
                .put("uid", machine.path("metadata").path("uid").asText());
        ObjectNode source = json.putObject("spec").putObject("dataSource");
        source.put("type", "ContainerImage").putObject("containerImage").put("image", image.toString());
        return json;
    }

    private static ObjectNode resource(ResourceType<?, ?> type, Key key) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("apiVersion", type.apiVersion()).put("kind", type.kind());
        json.putObject("metadata").put("name", key.name());
        return json;
    }

    private JsonNode awaitRunning(ResourceClient resources, Key key, ResourceType<?, ?> volume) throws IOException {
        while (true) {
            JsonNode machine = resources.get(Kinds.MACHINE, key);
            JsonNode status = machine.path("status");
            String phase = status.path("phase").asText();
            if (phase.equals("Running")) {
                return machine;
            }
            JsonNode made = resources.get(volume, key).path("status");
            if (phase.equals("Failed") || made.path("phase").asText().equals("Failed")) {
                throw new IOException("virtualmachine/" + key.name() + " does not run"
                        + Settling.reason(phase.equals("Failed") ? status : made));
            }
            Polling.pause("interrupted; virtualmachine/" + key.name() + " is " + phase);
        }
    }

    private String machineName(ImageReference image) {
        if (name.isEmpty()) {
            String repository = image.repository().value();
            String base = repository.substring(repository.lastIndexOf('/') + 1).replaceAll("[^a-z0-9]+", "-");
            name = base.substring(0, Math.min(base.length(), 50)) + "-"
                    + Integer.toString(ThreadLocalRandom.current().nextInt(0x1000, 0x10000), 16);
        }
        return name;
    }
}
