package io.dvcr.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.cli.client.Polling;
import io.dvcr.cli.client.ResourceClient;
import io.dvcr.cli.client.ResourceClient.Selection;
import io.dvcr.cli.client.StatusException;
import io.dvcr.cli.command.ResourceArguments.Target;
import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.ResourceType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "delete", description = "Delete resources, and wait until they are gone.")
public final class DeleteCommand extends ResourceCommand {
    @Parameters(paramLabel = "KIND NAME", arity = "0..*", description = "KIND NAME... or KIND/NAME...")
    private List<String> words = List.of();

    @Option(
            names = {"-f", "--filename"},
            paramLabel = "FILE",
            description = "What the manifests in a file, a directory or the standard input (-) name.")
    private List<String> files = List.of();

    @Option(
            names = {"-l", "--selector"},
            paramLabel = "LABELS",
            defaultValue = "",
            description = "Those of the kind whose labels match.")
    private String selector = "";

    @Option(names = "--all", description = "All of the kind in the namespace.")
    private boolean all;

    @Option(
            names = "--wait",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "true",
            description = "Wait until they are gone: ${DEFAULT-VALUE} if missing.")
    private boolean wait;

    @Option(names = "--ignore-not-found", description = "That something is gone already is as good.")
    private boolean ignoreNotFound;

    /** A resource that is to go; what comes to have its name later has another uid. */
    private record Doomed(ResourceType<?, ?> type, Key key, String uid) {
        String name() {
            return type.singular() + "/" + key.name();
        }
    }

    @Override
    void run() throws IOException {
        ResourceClient resources = resources();
        boolean failed = false;
        List<Doomed> doomed = new ArrayList<>();
        for (Found found : meant(resources)) {
            try {
                doomed.add(delete(resources, found));
            } catch (StatusException e) {
                if (!e.isNotFound() || !ignoreNotFound) {
                    err().println(e.getMessage());
                    failed = true;
                }
            }
        }
        if (wait) {
            for (Doomed each : doomed) {
                awaitGone(resources, each);
            }
        }
        if (failed) {
            throw new ToldException();
        }
    }

    private record Found(ResourceType<?, ?> type, Key key) {}

    private List<Found> meant(ResourceClient resources) throws IOException {
        List<Found> found = new ArrayList<>();
        if (!files.isEmpty()) {
            ManifestFiles manifests = ManifestFiles.read(files, namespace(), err());
            if (manifests.isFaulty()) {
                throw new ToldException();
            }
            manifests.manifests().forEach(manifest -> found.add(new Found(manifest.type(), manifest.key())));
            return found;
        }
        for (Target target : ResourceArguments.parse(words)) {
            if (target.name().isPresent()) {
                found.add(new Found(
                        target.type(), key(target.type(), target.name().get())));
            } else if (all || !selector.isEmpty()) {
                Selection selection =
                        new Selection(target.type(), namespace(target.type()), Optional.empty(), selector);
                for (JsonNode item : resources.list(selection).path("items")) {
                    found.add(new Found(
                            target.type(),
                            key(
                                    target.type(),
                                    item.path("metadata").path("name").asText())));
                }
            } else {
                throw new IOException("resource(s) were provided, but no name was specified");
            }
        }
        return found;
    }

    private Doomed delete(ResourceClient resources, Found found) throws IOException {
        JsonNode there = resources.get(found.type(), found.key());
        resources.delete(found.type(), found.key());
        out().println(found.type().singular() + " \"" + found.key().name() + "\" deleted");
        out().flush();
        return new Doomed(
                found.type(), found.key(), there.path("metadata").path("uid").asText());
    }

    private static void awaitGone(ResourceClient resources, Doomed doomed) throws IOException {
        while (resources
                .find(doomed.type(), doomed.key())
                .filter(there -> there.path("metadata").path("uid").asText().equals(doomed.uid()))
                .isPresent()) {
            Polling.pause("interrupted; " + doomed.name() + " is being deleted");
        }
    }
}
