package io.dvcr.importers.registry;

import java.io.IOException;
import java.io.InputStream;

/**
 * A range of a blob that is asked for again, from where it stopped, when its connection is cut or stalls. Not
 * thread-safe.
 */
final class RangeStream extends InputStream {
    private final Opener opener;
    private final RegistryPatience patience;
    private final long end;
    private long position;
    private InputStream body = InputStream.nullInputStream();
    private boolean isOpen;

    /** Opens the blob. */
    interface Opener {
        /** Its bytes from {@code position} on; they may go on beyond the range. */
        InputStream open(long position) throws IOException;
    }

    RangeStream(Opener opener, long offset, long length, RegistryPatience patience) {
        this.opener = opener;
        this.patience = patience;
        this.position = offset;
        this.end = offset + length;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int wanted = (int) Math.min(length, end - position);
        if (wanted == 0) {
            return length == 0 ? 0 : -1;
        }
        for (int failures = 1; ; failures++) {
            try {
                return read(target, offset, wanted, openBody());
            } catch (BodyCutException e) {
                close();
                if (failures >= patience.backoff().attempts()) {
                    throw e;
                }
            }
            patience.backoff().pause(failures);
        }
    }

    private InputStream openBody() throws IOException {
        if (!isOpen) {
            body = opener.open(position);
            isOpen = true;
        }
        return body;
    }

    private int read(byte[] target, int offset, int length, InputStream from) throws IOException {
        int read = from.read(target, offset, length);
        position += Math.max(0, read); // one that ends in good order, but early, has no more
        return read;
    }

    @Override
    public void close() throws IOException {
        isOpen = false;
        body.close();
    }
}
