package io.dvcr.cli.command;

import io.dvcr.cli.client.Table;
import io.dvcr.cli.view.Explanation;
import io.dvcr.virt.api.Kinds;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "explain",
        description = "Say what the fields of a kind of resources mean; without a kind, which kinds there are.")
public final class ExplainCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "KIND[.FIELD]", arity = "0..1", description = "Such as vm, or vm.spec.cpu.")
    private Optional<String> path = Optional.empty();

    @Option(names = "--recursive", description = "Show the fields of the fields as well.")
    private boolean recursive;

    @SuppressWarnings("UnusedVariable") // picocli looks at it
    @Option(names = "--help", usageHelp = true, description = "Show this help.")
    private boolean help;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (path.isEmpty()) {
            Table table = new Table("NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND");
            Kinds.ALL.forEach(type -> table.row(
                    type.plural(),
                    String.join(",", type.shortNames()),
                    type.apiVersion(),
                    Boolean.toString(type.namespaced()),
                    type.kind()));
            table.print(out);
            return 0;
        }
        List<String> steps = Arrays.asList(path.get().split("\\.", -1));
        out.print(Explanation.of(ResourceArguments.type(steps.getFirst()), steps.subList(1, steps.size()), recursive));
        out.flush();
        return 0;
    }
}
