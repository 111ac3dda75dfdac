package io.dvcr.cli.client;

import java.io.Console;

/** Whether a person is looking. */
public final class Terminal {
    private Terminal() {}

    /** Whether input and output both are a terminal. */
    @SuppressWarnings("SystemConsoleNull") // NullAway does not know that there always is one
    public static boolean isInteractive() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }
}
