package io.dvcr.converters.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Judges one file of one format, whose data lies where its own tables say. Made from the head of the file, which is
 * judged at once; the rest is judged as more of the file is there. Each check refuses with an {@link ImageException}.
 * What has passed all of them is self-contained: it can be read without any other file, within its own bytes, and is
 * not larger than the file can account for. Not thread-safe.
 */
sealed interface FormatInspector permits Qcow2Inspector, VmdkInspector, VdiInspector, VhdInspector, VhdxInspector {

    ImageFormat format();

    /** What a guest sees; known when nothing is {@link #wanted()} any more. */
    long virtualSizeBytes();

    /** The part of the file that has to be looked at next, beyond its head and before what was wanted already. */
    default Optional<Window> wanted() {
        return Optional.empty();
    }

    /**
     * The file ends here: its length has room for what its headers name.
     *
     * @param tail the last {@link ImageInspector#TAIL_BYTES} of the file, or all of it if it is shorter
     */
    void checkEnd(long fileBytes, ByteBuffer tail);

    /** How the disk is read while the file streams by; empty if that takes the whole file. */
    default Optional<PassingDisk> passing() {
        return Optional.empty();
    }

    /** How the disk is read from its file; empty as long as it is not known where its tables are. */
    Optional<MappedDisk> mapped();

    /** The whole file is there: all its tables lead to places within it, and to none more than once. */
    void checkTables(ImageFile file) throws IOException;
}
