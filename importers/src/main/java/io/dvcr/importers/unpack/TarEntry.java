package io.dvcr.importers.unpack;

import io.dvcr.importers.unpack.UnpackError.Fault;
import java.util.Optional;

/**
 * What a tar says of one entry. A name that is not UTF-8 has replacement characters.
 *
 * @param size of what the tar has of it
 * @param holes if it is a sparse file
 */
record TarEntry(String name, char type, long size, Optional<TarHoles> holes) {

    TarEntry(String name, char type, long size) {
        this(name, type, size, Optional.empty());
    }

    TarEntry with(TarHoles found) {
        return new TarEntry(name, type, size, Optional.of(found));
    }

    /** Of the file, with its holes. */
    long fileSize() {
        return holes.map(TarHoles::fileSize).orElse(size);
    }

    /** A sparse file as GNU tar wrote it of old, and still does where it is not asked for anything else. */
    boolean sparseOfOld() {
        return type == 'S';
    }

    boolean directory() {
        return type == '5';
    }

    /** Whether it only says something of the entry behind it. */
    boolean extension() {
        return type == 'x' || type == 'g' || type == 'L' || type == 'K';
    }

    /** @throws UnpackException if it is anything else than a plain file */
    void requireRegular() {
        switch (type) {
            case '0', '\0', '7', 'S' -> {}
            case '1', '2' -> throw refused(Fault.TAR_LINK, "a link");
            case '3', '4', '6' -> throw refused(Fault.TAR_DEVICE, "a device or pipe");
            default -> throw refused(Fault.TAR_ENTRY_UNSUPPORTED, "of type " + (int) type);
        }
    }

    /**
     * Where the entry would come to lie, where that is harmless: {@code ./disk/a} is {@code disk/a}.
     *
     * @throws UnpackException if its name leads elsewhere
     */
    String path() {
        String path = name.startsWith("./") ? name.substring(2) : name;
        boolean dotted = ("/" + path + "/").contains("/../") || ("/" + path + "/").contains("/./");
        if (path.startsWith("/") || dotted) {
            throw UnpackError.refuse(
                    Fault.TAR_NAME, "the tar has an entry whose name is absolute or dotted: expected a plain one");
        }
        return path;
    }

    private static UnpackException refused(Fault fault, String what) {
        return UnpackError.refuse(fault, "the tar has an entry that is " + what + ": expected one file, the disk");
    }
}
