package io.dvcr.storage.object;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.Charset;
import java.util.List;
import java.util.stream.Stream;

/**
 * How the system says that a disk is full. The JDK passes on no error number, only the C library's message in the
 * language of the process; so that message is asked for.
 */
final class FullDisk {
    /** {@code ENOSPC} and {@code EDQUOT} of {@code errno.h}: Linux, on every processor that has a JDK. */
    private static final List<Integer> ERRORS = List.of(28, 122);

    /** What programs say that run in no language. */
    private static final List<String> PLAIN_MESSAGES = List.of("No space left on device", "Disk quota exceeded");

    private static final int LONGEST_MESSAGE = 1024;

    private static final List<String> MESSAGES = Stream.concat(
                    PLAIN_MESSAGES.stream(), ERRORS.stream().map(FullDisk::message))
            .distinct()
            .toList();

    private FullDisk() {}

    /** Whether {@code message}, of whatever failed, says that there was no space. */
    static boolean isTold(String message) {
        return MESSAGES.stream().anyMatch(message::contains);
    }

    /** {@code strerror(3)}. */
    @SuppressWarnings("restricted") // native access, which dvcr is started with
    private static String message(int error) {
        Linker linker = Linker.nativeLinker();
        MethodHandle strerror = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("strerror"), FunctionDescriptor.of(ADDRESS, JAVA_INT));
        try {
            MemorySegment message = (MemorySegment) strerror.invokeExact(error);
            Charset charset = Charset.forName(System.getProperty("sun.jnu.encoding"));
            return message.reinterpret(LONGEST_MESSAGE).getString(0, charset);
        } catch (Throwable e) { // as MethodHandle declares
            throw new IllegalStateException("strerror takes a number and gives a text", e);
        }
    }
}
