package io.dvcr.importers.job;

import io.dvcr.converters.disk.DiskConfig;
import io.dvcr.converters.disk.WrittenDisk;
import io.dvcr.converters.format.DiskLayout;
import io.dvcr.converters.format.ImageInfo;
import io.dvcr.storage.Digest;
import java.time.Instant;
import java.util.Optional;

/** What was seen of a disk as it passed: the file that it was in, and what it looks like itself. */
record PassedDisk(ImageInfo file, DiskLayout layout) {

    /** What there is to say of the disk that was made. */
    DiskConfig config(WrittenDisk written, Digest sourceDigest, Instant created) {
        return new DiskConfig(
                        written.virtualSize(),
                        written.usedSize(),
                        file.format().toString(),
                        Optional.of(sourceDigest),
                        file.cdrom(),
                        Optional.empty(),
                        layout.firmware(),
                        created)
                .withPartitionTable(layout.partitionTable().toString());
    }
}
