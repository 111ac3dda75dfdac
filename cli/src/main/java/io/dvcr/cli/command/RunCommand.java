package io.dvcr.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.cli.client.ApiClient;
import io.dvcr.cli.client.ByteCount;
import io.dvcr.storage.ImageReference;
import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "run", description = "Make a volume from an image, and a machine that boots from it.")
public final class RunCommand extends ClientCommand {
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
        ApiClient api = api();
        api.post("/api/v1/machines", request(image));
        JsonNode machine = MachineWait.until(api, machineName(image), "Running");
        JsonNode status = machine.path("status");
        out().println(machine.path("name").asText() + " runs with "
                + status.path("accelerator").asText() + " as libvirt domain "
                + status.path("domain").asText());
        out().println("volume   " + status.path("volume").asText());
        out().println("console  dvcr console " + machine.path("name").asText());
    }

    private ObjectNode request(ImageReference image) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("name", machineName(image));
        json.put("image", image.toString());
        json.put("cpus", cpus);
        json.put("memory", memory);
        json.put("accelerator", accelerator.name());
        return json;
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
