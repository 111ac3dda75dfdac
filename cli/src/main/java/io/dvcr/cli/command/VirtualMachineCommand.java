package io.dvcr.cli.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "vm",
        description = "Start and stop virtual machines, and connect to them.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            VirtualMachineOperations.Start.class,
            VirtualMachineOperations.Stop.class,
            VirtualMachineOperations.Restart.class,
            VirtualMachineOperations.Pause.class,
            VirtualMachineOperations.Resume.class,
            VirtualMachineConsoleCommand.class,
            VirtualMachineVncCommand.class,
        })
public final class VirtualMachineCommand {
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    @Option(names = "--help", usageHelp = true, description = "Show this help.")
    private boolean help;
}
