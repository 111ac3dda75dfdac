package io.dvcr.cli.command;

import java.io.IOException;

/** A command has failed, and has already said why. */
public final class ToldException extends IOException {
    private static final long serialVersionUID = 1L;
}
