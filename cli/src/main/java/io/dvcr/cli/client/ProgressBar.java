package io.dvcr.cli.client;

import java.io.Closeable;
import java.io.PrintStream;

/**
 * How far something is, on one line of a terminal that is written over; without a terminal, nothing. Closing leaves
 * the line as it is and begins a new one.
 */
public final class ProgressBar implements Closeable {
    private static final int WIDTH = 30;
    private static final long INTERVAL_NANOS = 100_000_000;

    private final PrintStream out;
    private final boolean visible;
    private long lastDrawn;
    private int lastLength;
    private String lastLine = "";

    private ProgressBar(PrintStream out, boolean visible) {
        this.out = out;
        this.visible = visible;
    }

    /** On standard error, so that output can be piped. */
    public static ProgressBar onTerminal() {
        return new ProgressBar(System.err, Terminal.isInteractive());
    }

    /** Shows that {@code percent} is done; {@code note} tells the rest. */
    public synchronized void show(int percent, String note) {
        int filled = WIDTH * Math.clamp(percent, 0, 100) / 100;
        lastLine = "[" + "#".repeat(filled) + " ".repeat(WIDTH - filled) + "] " + percent + " %  " + note;
        long now = System.nanoTime();
        if (now - lastDrawn >= INTERVAL_NANOS) {
            lastDrawn = now;
            draw();
        }
    }

    private void draw() {
        if (visible) {
            out.print("\r" + lastLine + " ".repeat(Math.max(0, lastLength - lastLine.length())));
            out.flush();
            lastLength = lastLine.length();
        }
    }

    @Override
    public synchronized void close() {
        if (visible && !lastLine.isEmpty()) {
            draw();
            out.println();
        }
    }
}
