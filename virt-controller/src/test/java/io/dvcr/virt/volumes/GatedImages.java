package io.dvcr.virt.volumes;

import io.dvcr.storage.Digest;
import io.dvcr.virt.runtime.ImageDescription;
import io.dvcr.virt.runtime.Images;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;

/** Images of 64 KiB, each of which is let through in halves, as the test says. */
final class GatedImages implements Images {
    static final int BYTES = 64 << 10;

    private final Semaphore halves = new Semaphore(0);
    final AtomicInteger downloads = new AtomicInteger();
    final AtomicInteger underWay = new AtomicInteger();

    static ImageDescription image(String name) {
        return new ImageDescription(name, Digest.sha256(content(name)), BYTES, name.startsWith("isos/"));
    }

    static byte[] content(String name) {
        byte[] content = new byte[BYTES];
        new Random(name.hashCode()).nextBytes(content);
        return content;
    }

    /** Lets so many halves through; a great number lets everything through. */
    GatedImages open(int count) {
        halves.release(count);
        return this;
    }

    @Override
    public ImageDescription describe(String reference) {
        return image(reference);
    }

    @Override
    public void download(ImageDescription image, Path target, LongConsumer progress) throws IOException {
        downloads.incrementAndGet();
        underWay.incrementAndGet();
        byte[] content = content(image.reference());
        try (OutputStream out = Files.newOutputStream(target)) {
            for (int from = 0; from < BYTES; from += BYTES / 2) {
                halves.acquire();
                if (image.reference().contains("broken")) {
                    throw new IOException("the connection is lost");
                }
                out.write(Arrays.copyOfRange(content, from, from + BYTES / 2));
                progress.accept(from + BYTES / 2);
            }
        } catch (InterruptedException e) {
            throw (InterruptedIOException) new InterruptedIOException("cancelled").initCause(e);
        } finally {
            underWay.decrementAndGet();
        }
    }
}
