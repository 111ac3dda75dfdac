package io.dvcr.cli;

import io.dvcr.cli.client.StatusException;
import io.dvcr.cli.command.ApplyCommand;
import io.dvcr.cli.command.ConfigCommand;
import io.dvcr.cli.command.ConvertCommand;
import io.dvcr.cli.command.DeleteCommand;
import io.dvcr.cli.command.DescribeCommand;
import io.dvcr.cli.command.EditCommand;
import io.dvcr.cli.command.ExplainCommand;
import io.dvcr.cli.command.GcCommand;
import io.dvcr.cli.command.GetCommand;
import io.dvcr.cli.command.ImagesCommand;
import io.dvcr.cli.command.ImportCommand;
import io.dvcr.cli.command.ImportsCommand;
import io.dvcr.cli.command.InspectCommand;
import io.dvcr.cli.command.LoginCommand;
import io.dvcr.cli.command.LogoutCommand;
import io.dvcr.cli.command.MirrorsCommand;
import io.dvcr.cli.command.PullCommand;
import io.dvcr.cli.command.PushCommand;
import io.dvcr.cli.command.RemoveCommand;
import io.dvcr.cli.command.RepositoriesCommand;
import io.dvcr.cli.command.RetentionCommand;
import io.dvcr.cli.command.RunCommand;
import io.dvcr.cli.command.ScrubCommand;
import io.dvcr.cli.command.TokenCommands;
import io.dvcr.cli.command.ToldException;
import io.dvcr.cli.command.UploadCommand;
import io.dvcr.cli.command.VersionCommand;
import io.dvcr.cli.command.VirtualMachineCommand;
import io.dvcr.cli.command.WaitCommand;
import io.dvcr.cli.serve.ServeCommand;
import io.dvcr.cli.serve.StoreCommand;
import io.dvcr.converters.format.ImageException;
import io.dvcr.storage.RegistryException;
import java.io.IOException;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line. Ends with 0 if all went well, 1 if not, 2 if the command line was wrong. */
@Command(
        name = "dvcr",
        description = "The image registry that virtual machines boot from.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ServeCommand.class,
            ImportCommand.class,
            ImportsCommand.class,
            ImagesCommand.class,
            InspectCommand.class,
            PushCommand.class,
            UploadCommand.class,
            PullCommand.class,
            ConvertCommand.class,
            RemoveCommand.class,
            RunCommand.class,
            ApplyCommand.class,
            GetCommand.class,
            DescribeCommand.class,
            EditCommand.class,
            DeleteCommand.class,
            ExplainCommand.class,
            WaitCommand.class,
            VirtualMachineCommand.class,
            RepositoriesCommand.class,
            RetentionCommand.class,
            MirrorsCommand.class,
            GcCommand.class,
            ScrubCommand.class,
            ConfigCommand.class,
            StoreCommand.class,
            LoginCommand.class,
            LogoutCommand.class,
            TokenCommands.class,
            VersionCommand.class,
            AutoComplete.GenerateCompletion.class,
            CommandLine.HelpCommand.class,
        },
        footer = {
            "",
            "From a source checkout there are also './dvcr up' and './dvcr down', which start and stop a server",
            "on this host. Commands talk to the server that --server or $DVCR_SERVER names.",
        })
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setUsageHelpWidth(100)
                .setExecutionExceptionHandler((failure, commandLine, _) -> {
                    if (!(failure instanceof ToldException)) {
                        commandLine.getErr().println(message(failure));
                    }
                    return commandLine.getCommandSpec().exitCodeOnExecutionException();
                });
    }

    /** What a user is told: the message of a failure that we understand; of any other its kind as well. */
    private static String message(Exception failure) {
        if (failure instanceof StatusException status) {
            return String.valueOf(status.getMessage());
        }
        boolean understood = failure instanceof RegistryException
                || failure instanceof ImageException
                || failure instanceof IOException;
        return "dvcr: " + (understood && failure.getMessage() != null ? failure.getMessage() : failure.toString());
    }
}
