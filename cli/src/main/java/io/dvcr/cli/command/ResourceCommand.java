package io.dvcr.cli.command;

import io.dvcr.cli.client.ResourceClient;
import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.ResourceType;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What every command that is about resources has. */
abstract class ResourceCommand extends ClientCommand {
    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NS",
            defaultValue = "${env:DVCR_NAMESPACE:-default}",
            description = "The namespace, \"default\" unless $$DVCR_NAMESPACE says otherwise.")
    private String namespace = "default";

    final String namespace() {
        return namespace;
    }

    /** Where resources of {@code type} are. */
    final Optional<String> namespace(ResourceType<?, ?> type) {
        return type.namespaced() ? Optional.of(namespace) : Optional.empty();
    }

    /** @throws IOException if that is no name */
    final Key key(ResourceType<?, ?> type, String name) throws IOException {
        try {
            return new Key(namespace(type), name);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    final ResourceClient resources() throws IOException {
        return new ResourceClient(api());
    }
}
