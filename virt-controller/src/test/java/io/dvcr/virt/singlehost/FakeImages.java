package io.dvcr.virt.singlehost;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RegistryError.NotFound;
import io.dvcr.storage.RegistryException;
import io.dvcr.virt.host.Images;
import io.dvcr.virt.machine.ImageDescription;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;

/** A registry in memory. Its downloads can be held and broken off in the middle. Thread-safe. */
final class FakeImages implements Images {
    static final String DISK = "vms/debian:12";
    static final String ISO = "isos/debian:12";

    private final Mortality mortality;
    private final Map<String, String> contents = new ConcurrentHashMap<>();
    private final Map<Digest, String> byDigest = new ConcurrentHashMap<>();
    private volatile boolean holding;
    private volatile boolean breaking;

    FakeImages(Mortality mortality) {
        this.mortality = mortality;
        tag(DISK, "the disk of debian");
        tag(ISO, "the CD-ROM of debian");
    }

    void tag(String reference, String content) {
        contents.put(reference, content);
        byDigest.put(Digest.sha256(bytes(content)), content);
    }

    void hold() {
        holding = true;
    }

    void release() {
        holding = false;
    }

    void breakOff() {
        breaking = true;
    }

    void mend() {
        breaking = false;
    }

    @Override
    public ImageDescription describe(String reference) throws IOException {
        mortality.before("describe");
        String content = contents.get(reference);
        if (content == null) {
            throw new RegistryException(new NotFound("image " + reference));
        }
        mortality.after();
        return new ImageDescription(
                reference, Digest.sha256(bytes(content)), bytes(content).length, reference.startsWith("isos/"));
    }

    @Override
    public void download(ImageDescription image, Path target, LongConsumer progress) throws IOException {
        mortality.before("download");
        byte[] content = bytes(byDigest.getOrDefault(image.digest(), ""));
        int half = content.length / 2;
        Files.write(target, Arrays.copyOf(content, half), StandardOpenOption.CREATE_NEW);
        progress.accept(half);
        while (holding) {
            pause();
        }
        if (breaking) {
            throw new IOException("connection reset");
        }
        Files.write(target, Arrays.copyOfRange(content, half, content.length), StandardOpenOption.APPEND);
        progress.accept(content.length);
        mortality.after();
    }

    private static void pause() throws InterruptedIOException {
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            throw (InterruptedIOException) new InterruptedIOException().initCause(e);
        }
    }

    private static byte[] bytes(String content) {
        return content.getBytes(StandardCharsets.UTF_8);
    }
}
