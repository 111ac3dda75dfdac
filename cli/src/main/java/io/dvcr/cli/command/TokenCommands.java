package io.dvcr.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.cli.client.Table;
import io.dvcr.cli.config.DurationOption;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "token",
        description = "Give programs tokens of their own, and take them back.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {TokenCommands.Create.class, TokenCommands.Show.class, TokenCommands.Revoke.class})
public final class TokenCommands {
    private static final String PATH = "/api/v1/tokens";

    @SuppressWarnings("UnusedVariable") // picocli looks at it
    @Option(names = "--help", usageHelp = true, description = "Show this help.")
    private boolean help;

    @Command(name = "create", description = "Make a robot and print its token, which is not shown again.")
    static final class Create extends ClientCommand {
        @Parameters(paramLabel = "NAME", description = "The robot's name, which is also its user name.")
        private String name = "";

        @Option(
                names = "--scope",
                paramLabel = "PATTERN:ACTIONS",
                description = "What it may do, such as 'vms/**:pull,push', or admin; may be given more than once.")
        private List<String> scopes = List.of();

        @Option(
                names = "--expires",
                paramLabel = "DURATION",
                defaultValue = "90d",
                converter = DurationOption.class,
                description = "When the token ends, such as 12h or 1d; 90d if missing.")
        private Duration expires = Duration.ZERO;

        @Override
        void run() throws IOException {
            ObjectNode request = JsonNodeFactory.instance.objectNode();
            request.put("name", name).put("expiresIn", expires.toString());
            ArrayNode list = request.putArray("scopes");
            scopes.forEach(list::add);
            out().println(api().post(PATH, request).path("token").asText());
        }
    }

    @Command(name = "list", description = "List the robots.")
    static final class Show extends ClientCommand {
        @Override
        void run() throws IOException {
            Table table = new Table("NAME", "SCOPES", "EXPIRES", "CREATED", "BY");
            for (JsonNode robot : api().get(PATH).path("tokens")) {
                boolean expired = robot.path("expired").asBoolean();
                table.row(
                        robot.path("name").asText(),
                        robot.path("scopes").valueStream().map(JsonNode::asText).collect(Collectors.joining(" ")),
                        robot.path("expires").asText() + (expired ? " (over)" : ""),
                        robot.path("created").asText(),
                        robot.path("createdBy").asText());
            }
            table.print(out());
        }
    }

    @Command(name = "revoke", description = "End a robot's token now.")
    static final class Revoke extends ClientCommand {
        @Parameters(paramLabel = "NAME", description = "The robot.")
        private String name = "";

        @Override
        void run() throws IOException {
            api().delete(PATH + "/" + name);
            out().println("revoked " + name);
        }
    }
}
