package io.dvcr.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.cli.client.ResourceClient;
import io.dvcr.cli.client.ResourceClient.Selection;
import io.dvcr.cli.command.ResourceArguments.Target;
import io.dvcr.cli.view.Description;
import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.ResourceType;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "describe", description = "Show all that is known of resources, and what happened to them of late.")
public final class DescribeCommand extends ResourceCommand {
    @Parameters(paramLabel = "KIND NAME", arity = "1..*", description = "KIND [NAME...] or KIND/NAME...")
    private List<String> words = List.of();

    @Override
    void run() throws IOException {
        ResourceClient resources = resources();
        boolean first = true;
        for (Target target : ResourceArguments.parse(words)) {
            for (JsonNode resource : find(resources, target)) {
                if (!first) {
                    out().print("\n\n");
                }
                first = false;
                describe(resources, target.type(), resource);
            }
        }
        if (first) {
            err().println("No resources found in " + namespace() + " namespace.");
        }
    }

    private Iterable<JsonNode> find(ResourceClient resources, Target target) throws IOException {
        ResourceType<?, ?> type = target.type();
        return target.name().isPresent()
                ? List.of(resources.get(type, key(type, target.name().get())))
                : resources
                        .list(new Selection(type, namespace(type), Optional.empty(), ""))
                        .path("items");
    }

    private void describe(ResourceClient resources, ResourceType<?, ?> type, JsonNode resource) throws IOException {
        Key key = key(type, resource.path("metadata").path("name").asText());
        new Description(out(), Clock.systemUTC()).print(type, resource, resources.events(type, key));
    }
}
