package io.dvcr.converters.qemu;

import io.dvcr.converters.RandomAccessDisk;
import io.dvcr.converters.nbd.NbdClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/** A disk read through a qemu-nbd process of its own, which ends when the disk is closed. */
final class QemuNbdDisk implements RandomAccessDisk {
    private static final Duration LEAVING = Duration.ofSeconds(2);
    private static final Duration DYING = Duration.ofMillis(200);

    private final NbdClient client;
    private final RunningProcess process;
    private final Resources resources;

    /** @param resources closed with this disk; the process is among them */
    QemuNbdDisk(NbdClient client, RunningProcess process, Resources resources) {
        this.client = client;
        this.process = process;
        this.resources = resources;
    }

    @Override
    public long size() {
        return client.size();
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        try {
            client.read(offset, target);
        } catch (IOException e) {
            throw explained(e);
        }
    }

    @Override
    public Run runAt(long offset) throws IOException {
        try {
            return client.runAt(offset);
        } catch (IOException e) {
            throw explained(e);
        }
    }

    /** The process leaves when its client has; one that does not is killed. */
    @Override
    public synchronized void close() throws IOException {
        try (resources) {
            client.close();
            if (!Thread.currentThread().isInterrupted()) {
                process.ended(LEAVING);
            }
        }
    }

    private IOException explained(IOException e) throws IOException {
        if (Thread.currentThread().isInterrupted() || !process.ended(DYING)) {
            return e;
        }
        return new IOException("qemu-nbd has ended: " + process.await(), e);
    }
}
