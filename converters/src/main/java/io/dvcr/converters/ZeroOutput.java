package io.dvcr.converters;

import java.io.IOException;

/** An {@link java.io.OutputStream} that can be told of zeros, where it would cost to be given them. */
public interface ZeroOutput {

    /** As if {@code count} zero bytes were written. */
    void writeZeros(long count) throws IOException;
}
