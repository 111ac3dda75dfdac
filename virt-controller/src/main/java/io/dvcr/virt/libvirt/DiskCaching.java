package io.dvcr.virt.libvirt;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.nio.file.Path;

/** How QEMU reads and writes a volume: as its file system allows. */
enum DiskCaching {
    /** Past the host's page cache, by Linux AIO: what the guest has flushed is on the disk, and memory is not used twice. */
    DIRECT("none", "native"),
    /** Through the page cache, flushed when the guest flushes; file systems without O_DIRECT have nothing else. */
    CACHED("writeback", "threads");

    /** From {@code asm-generic/fcntl.h}; right on x86-64. */
    private static final int O_DIRECT = 0x4000;

    private static final int O_RDONLY = 0;
    private static final int O_CLOEXEC = 0x80000;

    final String cache;
    final String io;

    DiskCaching(String cache, String io) {
        this.cache = cache;
        this.io = io;
    }

    /** Tries it out; a file that cannot be opened at all is {@link #CACHED}. */
    static DiskCaching of(Path volume) {
        LibC libc = Native.load("c", LibC.class);
        int descriptor = libc.open(volume.toString(), O_RDONLY | O_CLOEXEC | O_DIRECT);
        if (descriptor < 0) {
            return CACHED;
        }
        libc.close(descriptor);
        return DIRECT;
    }

    /** open(2) and close(2). */
    interface LibC extends Library {
        int open(String path, int flags);

        int close(int descriptor);
    }
}
