package io.dvcr.converters;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * Where a file has holes, by {@code lseek(2)} with {@code SEEK_DATA} and {@code SEEK_HOLE}, which the JDK lacks. What
 * does not know its holes, such as a block device, has none. Thread-safe.
 */
final class FileHoles implements Closeable {
    private static final int O_RDONLY_CLOEXEC = 0x80000;
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;

    private static final MethodHandle OPEN =
            function("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle LSEEK =
            function("lseek", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle CLOSE = function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private final int descriptor;
    private final boolean known;

    private FileHoles(int descriptor) {
        this.descriptor = descriptor;
        this.known = seek(0, SEEK_HOLE).isPresent();
    }

    static FileHoles of(Path file) throws IOException {
        int descriptor = open(file.toString());
        if (descriptor < 0) {
            throw new IOException(file + " cannot be opened to look for its holes");
        }
        return new FileHoles(descriptor);
    }

    /** Where data begins, at {@code offset} or behind it; empty if there is none. */
    OptionalLong nextData(long offset) {
        return known ? seek(offset, SEEK_DATA) : OptionalLong.of(offset);
    }

    /** Where the next hole begins, at {@code offset} or behind it; empty if there is none before the end. */
    OptionalLong nextHole(long offset) {
        return known ? seek(offset, SEEK_HOLE) : OptionalLong.empty();
    }

    @Override
    public void close() {
        try {
            int _ = (int) CLOSE.invokeExact(descriptor);
        } catch (Throwable e) { // as MethodHandle declares
            throw new IllegalStateException(e);
        }
    }

    private static int open(String name) {
        try (Arena memory = Arena.ofConfined()) {
            Charset charset = Charset.forName(System.getProperty("sun.jnu.encoding"));
            return (int) OPEN.invokeExact(memory.allocateFrom(name, charset), O_RDONLY_CLOEXEC);
        } catch (Throwable e) { // as MethodHandle declares
            throw new IllegalStateException(e);
        }
    }

    private OptionalLong seek(long offset, int whence) {
        try {
            long found = (long) LSEEK.invokeExact(descriptor, offset, whence);
            return found < 0 ? OptionalLong.empty() : OptionalLong.of(found);
        } catch (Throwable e) { // as MethodHandle declares
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("restricted") // native access, which dvcr is started with
    private static MethodHandle function(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, options);
    }
}
