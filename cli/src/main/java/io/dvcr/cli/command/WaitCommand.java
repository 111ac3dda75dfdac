package io.dvcr.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.cli.client.Polling;
import io.dvcr.cli.client.ResourceClient;
import io.dvcr.cli.client.StatusException;
import io.dvcr.cli.command.ResourceArguments.Target;
import io.dvcr.virt.resource.Key;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "wait", description = "Wait until something is so of resources.")
public final class WaitCommand extends ResourceCommand {
    @Parameters(paramLabel = "KIND NAME", arity = "1..*", description = "KIND NAME... or KIND/NAME...")
    private List<String> words = List.of();

    @Option(
            names = "--for",
            required = true,
            paramLabel = "WHAT",
            converter = AwaitedConverter.class,
            description = {
                "condition=TYPE[=STATUS], such as condition=Ready;",
                "jsonpath=PATH[=VALUE], such as jsonpath={.status.phase}=Running; create; or delete."
            })
    private Awaited awaited = new Awaited.Deleted();

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            defaultValue = "30s",
            description = "How long to wait, ${DEFAULT-VALUE} if missing.")
    private Duration timeout = Duration.ofSeconds(30);

    @Override
    void run() throws IOException {
        ResourceClient resources = resources();
        long end = System.nanoTime() + timeout.toNanos();
        boolean failed = false;
        for (Target target : ResourceArguments.parse(words)) {
            if (target.name().isEmpty()) {
                throw new IOException("name the resources to wait for");
            }
            try {
                await(resources, target, end);
            } catch (StatusException e) {
                err().println(e.getMessage());
                failed = true;
            }
        }
        if (failed) {
            throw new ToldException();
        }
    }

    private void await(ResourceClient resources, Target target, long end) throws IOException {
        Key key = key(target.type(), target.name().orElseThrow());
        String name = target.type().singular() + "/" + key.name();
        Optional<String> first = Optional.empty();
        while (true) {
            Optional<JsonNode> there = awaited.needsIt()
                    ? Optional.of(resources.get(target.type(), key))
                    : resources.find(target.type(), key);
            Optional<String> uid =
                    there.map(resource -> resource.path("metadata").path("uid").asText());
            first = first.or(() -> uid);
            boolean replaced = awaited instanceof Awaited.Deleted && !first.equals(uid);
            if (replaced || awaited.isSo(there)) {
                out().println(name + " " + awaited.done());
                out().flush();
                return;
            }
            if (System.nanoTime() > end) {
                throw new IOException("timed out waiting for " + awaited + " on " + name);
            }
            Polling.pause("interrupted while waiting for " + awaited + " on " + name);
        }
    }
}
