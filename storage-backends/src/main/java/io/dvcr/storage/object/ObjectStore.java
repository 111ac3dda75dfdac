package io.dvcr.storage.object;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.Optional;

/**
 * Keeps named objects. All state of DVCR lies in one, so what it promises is what DVCR promises:
 *
 * <ul>
 *   <li>When a method that writes returns, the change is durable: it survives a crash of the process and of the machine.
 *   <li>An object is seen whole or not at all, except one that an {@link Appender} is still writing.
 *   <li>Whoever reads an object goes on reading what it opened, even when the object is replaced or deleted meanwhile.
 * </ul>
 *
 * Thread-safe. An {@link IOException} is the store's fault, never the caller's; {@link NoSuchFileException} says that
 * the object is not there, {@link StorageFullException} that there is no space for what was to be written. The suite {@code ObjectStoreContract} holds every implementation to this.
 */
public interface ObjectStore extends ObjectReader {

    /** Stores {@code content}, replacing what is there. */
    void put(ObjectKey key, ByteBuffer content) throws IOException;

    /**
     * Stores {@code content} unless the key is taken. Of several callers at once exactly one succeeds.
     *
     * @return whether this call stored it
     */
    boolean putIfAbsent(ObjectKey key, ByteBuffer content) throws IOException;

    /** Deletes the object; returns whether there was one. */
    boolean delete(ObjectKey key) throws IOException;

    /** Deletes the object, if there is one, for who does not ask whether there was: some stores would have to look. */
    default void discard(ObjectKey key) throws IOException {
        boolean _ = delete(key);
    }

    /**
     * Gives an object another name, replacing what is there; at every moment it has one name or the other. It counts as
     * written now.
     *
     * @throws NoSuchFileException if there is no object {@code from}
     */
    void move(ObjectKey from, ObjectKey to) throws IOException;

    /**
     * Gives an object a second name, unless that is taken. It counts as written now. The object must not be appended to
     * any more, because the two names may share its bytes.
     *
     * @return whether there is an object {@code to} now, which there is not only if there is none {@code from}
     */
    boolean copyIfAbsent(ObjectKey from, ObjectKey to) throws IOException;

    /** Begins an object that grows, or goes on with one that was begun so. At most one appender a key at a time. */
    Appender append(ObjectKey key) throws IOException;

    /**
     * The object as an open file, for {@code sendfile(2)}; empty if this store keeps objects in no file. The caller
     * closes it.
     *
     * @throws NoSuchFileException if there is no such object
     */
    Optional<FileChannel> openFile(ObjectKey key) throws IOException;

    /**
     * A URL where whoever has it can read the object from the store itself, soon after it was asked for; empty if this
     * store has none, and everything is read through it. Whether there is such an object is not looked at.
     */
    default Optional<URI> linkTo(ObjectKey key) {
        return Optional.empty();
    }

    /**
     * Removes what is neither an object nor going to be one, because who was making it was killed, or lost it to another
     * writer. A store that leaves nothing behind has nothing to do.
     *
     * @param before what was touched since is left alone
     * @param wanted asked of each object that grew, but not since
     * @return how many things were removed
     */
    default int removeLeftovers(Instant before, StillWanted wanted) throws IOException {
        return 0;
    }

    /** Writes at the end of an object. What {@link #flush} has returned for is durable. Not thread-safe. */
    interface Appender extends AutoCloseable {

        /** The bytes of the object so far, those not yet flushed included. */
        long length();

        void append(ByteBuffer content) throws IOException;

        void flush() throws IOException;

        /** Lets go of the object, which stays as it is; what was not flushed may be lost. */
        @Override
        void close() throws IOException;
    }
}
