package io.dvcr.cli.command;

import io.dvcr.cli.client.Terminal;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;

/** The terminal, if there is one, handing on every key as it is typed. Closing gives it back as it was. */
final class RawTerminal implements Closeable {
    private final boolean changed;

    private RawTerminal(boolean changed) {
        this.changed = changed;
    }

    static RawTerminal open() throws IOException {
        boolean terminal = Terminal.isInteractive();
        if (terminal) {
            stty("raw", "-echo");
        }
        return new RawTerminal(terminal);
    }

    @Override
    public void close() throws IOException {
        if (changed) {
            stty("sane");
        }
    }

    private static void stty(String... settings) throws IOException {
        String[] command = new String[settings.length + 1];
        command[0] = "stty";
        System.arraycopy(settings, 0, command, 1, settings.length);
        try {
            new ProcessBuilder(command).inheritIO().start().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }
}
