package io.dvcr.importers.scratch;

import io.dvcr.converters.DiskSink;
import java.io.Closeable;
import java.io.IOException;

/**
 * What an image may leave on the disk of the server's host while it passes. Nothing is written from the moment it is
 * closed. Used by one thread.
 */
public interface PassScratch extends Closeable {

    /** A file for an image that is read at random. The caller closes it. */
    SpoolFile spool() throws IOException;

    /** Passes a disk on to {@code sink}, which is the image byte for byte and needs no file. */
    DiskSink passing(DiskSink sink);
}
