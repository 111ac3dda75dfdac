package io.dvcr.importers.unpack;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dvcr.importers.unpack.UnpackError.Fault;
import java.util.Optional;

/** What the headers before an entry's own change about it: those of POSIX pax, and GNU's long names. */
record TarExtension(Optional<String> name, Optional<Long> size) {
    static final TarExtension NONE = new TarExtension(Optional.empty(), Optional.empty());

    TarExtension and(char type, byte[] content) {
        String text = new String(content, UTF_8);
        return switch (type) {
            case 'L' -> new TarExtension(Optional.of(text.replace("\0", "")), size);
            case 'x' -> pax(text);
            default -> this; // of all entries, or of links: nothing that we ask
        };
    }

    /** Lines of {@code LENGTH KEY=VALUE}. */
    private TarExtension pax(String text) {
        TarExtension extended = this;
        for (String line : text.split("\n", -1)) {
            String record = line.substring(line.indexOf(' ') + 1);
            if (record.startsWith("GNU.sparse.")) {
                throw sparse();
            }
            if (record.startsWith("path=")) {
                extended = new TarExtension(Optional.of(record.substring(5)), extended.size());
            } else if (record.startsWith("size=")) {
                extended = new TarExtension(extended.name(), Optional.of(decimal(record.substring(5))));
            }
        }
        return extended;
    }

    private static long decimal(String text) {
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw TarHeader.malformed("an extended header has a number that is none");
        }
    }

    /** @throws UnpackException if that is no entry */
    TarEntry applyTo(TarEntry entry) {
        if (entry.type() == 'S') {
            throw sparse();
        }
        TarEntry applied = new TarEntry(name.orElse(entry.name()), entry.type(), size.orElse(entry.size()));
        if (applied.size() < 0) {
            throw TarHeader.malformed("an entry has an impossible size");
        }
        return applied;
    }

    private static UnpackException sparse() {
        return UnpackError.refuse(
                Fault.TAR_SPARSE, "the tar has a sparse file, whose holes are only told of: expected one in full");
    }
}
