package io.dvcr.storage.object;

import io.dvcr.storage.object.ObjectStore.Appender;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Writes at the end of a file. */
final class FileAppender implements Appender {
    private final FileChannel channel;
    private final SpaceReserve reserve;
    private long length;
    private long durable;

    FileAppender(FileChannel channel, SpaceReserve reserve) throws IOException {
        this.channel = channel;
        this.reserve = reserve;
        this.length = channel.size();
        this.durable = length;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public void append(ByteBuffer content) throws IOException {
        reserve.requireForData(content.remaining());
        try {
            while (content.hasRemaining()) {
                length += channel.write(content);
            }
        } catch (IOException e) {
            throw StorageFullException.orOther(e);
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            channel.force(true);
            durable = length;
        } catch (IOException e) {
            cutBack();
            throw StorageFullException.orOther(e);
        }
    }

    /** What could not be forced may be in memory only, and must not be taken for stored. */
    private void cutBack() throws IOException {
        channel.truncate(durable);
        length = durable;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
