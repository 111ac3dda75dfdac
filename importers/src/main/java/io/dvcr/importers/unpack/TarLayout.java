package io.dvcr.importers.unpack;

import io.dvcr.importers.unpack.UnpackError.Fault;
import java.util.Locale;
import java.util.Set;

/** Where in a tar its disk lies, and what may be beside it. */
enum TarLayout {
    /** The disk is the one file. That of an OVA (DMTF DSP0243) has what describes it beside it. */
    ARCHIVE {
        private static final Set<String> DESCRIBING = Set.of("ovf", "mf", "cert", "nvram");

        @Override
        Role role(TarEntry entry) {
            String path = entry.path();
            if (entry.directory()) {
                return Role.BESIDE;
            }
            entry.requireRegular();
            String extension = path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
            return DESCRIBING.contains(extension) ? Role.BESIDE : Role.DISK;
        }

        @Override
        String expected() {
            return "one file, and beside it at most an OVA's .ovf, .mf, .cert and .nvram";
        }
    },
    /** KubeVirt's containerDisk: the disk is the one file below {@code disk/}. */
    CONTAINER_DISK {
        private static final String DIRECTORY = "disk/";

        @Override
        Role role(TarEntry entry) {
            String path = entry.path();
            if (!path.startsWith(DIRECTORY) || path.equals(DIRECTORY)) {
                return entry.directory() ? Role.BESIDE : Role.ELSEWHERE;
            }
            String file = path.substring(DIRECTORY.length());
            if (file.contains("/") || file.startsWith(".") || entry.directory()) {
                throw UnpackError.refuse(
                        Fault.TAR_MISPLACED,
                        "the tar has an entry below disk/ that is not a file right there: expected " + expected());
            }
            entry.requireRegular();
            return Role.DISK;
        }

        @Override
        String expected() {
            return "one file, /disk/<name>";
        }
    };

    /** What an entry is. */
    enum Role {
        DISK,
        BESIDE,
        /** Its being there says that the tar is of another kind, unless there was a disk before. */
        ELSEWHERE
    }

    /** @throws UnpackException if there must be no such entry */
    abstract Role role(TarEntry entry);

    abstract String expected();
}
