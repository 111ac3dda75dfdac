package io.dvcr.converters.qemu;

import java.nio.file.Path;
import java.util.List;

/**
 * A program and its arguments, never a shell line.
 *
 * <p>A program that is to work on a file finds it as its standard input, opened by the JVM, and opens it again by the
 * name {@link #INPUT}. So it needs no right to the directories above the file, and it learns no other name.
 *
 * @param input what its standard input is opened from: a file, or {@link #NOTHING}
 */
public record Command(List<String> words, Path input, Account account) {

    /** The absolute path by which a program opens its standard input once more, for reading or for writing. */
    public static final String INPUT = "/proc/self/fd/0";

    public static final Path NOTHING = Path.of("/dev/null");

    public Command {
        words = List.copyOf(words);
        if (words.isEmpty()) {
            throw new IllegalArgumentException("a command without a program");
        }
    }

    /** With nothing to read, and the JVM's own account. */
    public Command(List<String> words) {
        this(words, NOTHING, new Account.Own());
    }

    String program() {
        return words.getFirst();
    }
}
