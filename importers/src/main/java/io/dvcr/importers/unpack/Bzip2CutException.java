package io.dvcr.importers.unpack;

import java.io.IOException;

/** A piece of bzip2 ends before the block that begins it. */
final class Bzip2CutException extends IOException {
    private static final long serialVersionUID = 1L;

    Bzip2CutException() {
        super("a block of bzip2 is longer than the piece that it begins");
    }
}
