package io.dvcr.importers.unpack;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What the headers before an entry's own change about it: those of POSIX pax, and GNU's long names. */
record TarExtension(Optional<String> name, Optional<Long> size, Optional<TarSparse> sparse) {
    static final TarExtension NONE = new TarExtension(Optional.empty(), Optional.empty(), Optional.empty());

    TarExtension and(char type, byte[] content) {
        String text = new String(content, UTF_8);
        return switch (type) {
            case 'L' -> new TarExtension(Optional.of(text.replace("\0", "")), size, sparse);
            case 'x' -> pax(text);
            default -> this; // of all entries, or of links: nothing that we ask
        };
    }

    /** Lines of {@code LENGTH KEY=VALUE}. */
    private TarExtension pax(String text) {
        List<String> records = Arrays.stream(text.split("\n", -1))
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .toList();
        TarExtension extended =
                new TarExtension(name, size, TarSparse.in(records).or(() -> sparse));
        for (String record : records) {
            if (record.startsWith("path=")) {
                extended = new TarExtension(Optional.of(record.substring(5)), extended.size(), extended.sparse());
            } else if (record.startsWith("size=")) {
                extended =
                        new TarExtension(extended.name(), Optional.of(decimal(record.substring(5))), extended.sparse());
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
        String called = sparse.flatMap(TarSparse::name).or(() -> name).orElse(entry.name());
        TarEntry applied = new TarEntry(called, entry.type(), size.orElse(entry.size()));
        if (applied.size() < 0) {
            throw TarHeader.malformed("an entry has an impossible size");
        }
        return applied;
    }
}
