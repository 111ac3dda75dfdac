package io.dvcr.converters.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Judges a qcow2 image: its header, where its tables lie, and what they say. */
record Qcow2Inspector(Qcow2Header header) implements FormatInspector {

    static Qcow2Inspector of(ByteBuffer head, long maxVirtualSizeBytes) {
        return new Qcow2Inspector(Qcow2Header.parse(head, maxVirtualSizeBytes));
    }

    @Override
    public ImageFormat format() {
        return ImageFormat.QCOW2;
    }

    @Override
    public long virtualSizeBytes() {
        return header.virtualSizeBytes();
    }

    @Override
    public void checkEnd(long fileBytes, ByteBuffer tail) {
        header.checkTablesWithin(fileBytes);
    }

    @Override
    public Optional<MappedDisk> mapped() {
        return Optional.of(file -> Qcow2Disk.open(file, header));
    }

    @Override
    public void checkTables(ImageFile file) throws IOException {
        Qcow2Tables.check(file.channel(), header);
    }
}
