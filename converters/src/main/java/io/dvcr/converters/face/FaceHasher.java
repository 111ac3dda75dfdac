package io.dvcr.converters.face;

import io.dvcr.converters.BackgroundHash;
import io.dvcr.converters.disk.ChunkObserver;
import io.dvcr.converters.disk.KnownChunks.Place;
import io.dvcr.converters.disk.PackSource;
import io.dvcr.storage.Digest.Algorithm;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Hashes the layers of a disk's faces while the disk is written, on two threads of its own: one for the layers, which
 * are made of the disk's frames, one for the archive before it is compressed, which is as long as the disk. An archive
 * begins with the disk's size, so it is hashed only if {@link #expect} has told that. It takes up to 24 MiB. Used by one
 * thread.
 */
public final class FaceHasher implements ChunkObserver, Closeable {
    private static final int MAX_FRAME_BLOCKS = 8;
    private static final int MAX_CONTENT_BLOCKS = 16;

    private final PackWindow packs;
    private final Wish wish;
    private final ZeroFrames zeroFrames = new ZeroFrames();
    private final MessageDigest raw = Algorithm.SHA256.newHash();
    private final MessageDigest layer = Algorithm.SHA256.newHash();
    private final MessageDigest content = Algorithm.SHA256.newHash();
    private OptionalLong archived = OptionalLong.empty();
    private Optional<BackgroundHash> frames = Optional.empty();
    private Optional<BackgroundHash> contents = Optional.empty();
    private long position;

    /** Whether a disk gets an archive. */
    @FunctionalInterface
    public interface Wish {
        boolean archiveOf(long diskSize);
    }

    /** @param packs every pack that the disk has a part of, once it is stored */
    public FaceHasher(PackSource packs, Wish wish) {
        this.packs = new PackWindow(packs);
        this.wish = wish;
    }

    @Override
    public void expect(long sizeBytes) {
        if (frames.isEmpty() && wish.archiveOf(sizeBytes)) {
            archived = OptionalLong.of(sizeBytes);
            DiskArchive archive = new DiskArchive(sizeBytes);
            layer.update(ZeroFrames.frame(archive.head()));
            content.update(archive.head());
        }
    }

    @Override
    public void chunk(long offset, ByteBuffer bytes, ByteBuffer frame) throws IOException {
        zerosTo(offset);
        frames().update(frame);
        content(bytes);
    }

    @Override
    public void chunk(long offset, ByteBuffer bytes, Place frame) throws IOException {
        zerosTo(offset);
        frames().update(() -> packs.read(frame));
        content(bytes);
    }

    /**
     * Ends the disk.
     *
     * @throws io.dvcr.converters.disk.UnusablePackException if a pack of the disk could not be read
     */
    public FaceHashes finish(long diskSize) throws IOException {
        zerosTo(diskSize);
        if (diskSize == 0) {
            frames().update(ByteBuffer.wrap(ZeroFrames.EMPTY));
        }
        frames().drain();
        contents().drain();
        return new FaceHashes(BackgroundHash.digest(raw), archive(diskSize));
    }

    private Optional<FaceHashes.Archive> archive(long diskSize) {
        if (!archived.equals(OptionalLong.of(diskSize))) {
            return Optional.empty();
        }
        byte[] end = new DiskArchive(diskSize).end();
        layer.update(ZeroFrames.frame(end));
        content.update(end);
        return Optional.of(new FaceHashes.Archive(BackgroundHash.digest(layer), BackgroundHash.digest(content)));
    }

    @Override
    public void close() {
        frames.ifPresent(BackgroundHash::close);
        contents.ifPresent(BackgroundHash::close);
    }

    private void content(ByteBuffer bytes) throws IOException {
        position += bytes.remaining();
        if (archived.isPresent()) {
            contents().update(bytes);
        }
    }

    private void zerosTo(long offset) throws IOException {
        for (ZeroFrames.Frames zeros : zeroFrames.of(offset - position)) {
            for (int time = 0; time < zeros.times(); time++) {
                frames().update(zeros.frame().duplicate());
            }
        }
        if (archived.isPresent() && offset > position) {
            contents().zeros(offset - position);
        }
        position = offset;
    }

    private BackgroundHash frames() {
        if (frames.isEmpty()) {
            List<MessageDigest> hashes = new ArrayList<>(List.of(raw));
            if (archived.isPresent()) {
                hashes.add(layer);
            }
            frames = Optional.of(new BackgroundHash("face-layers", hashes, MAX_FRAME_BLOCKS));
        }
        return frames.get();
    }

    private BackgroundHash contents() {
        if (contents.isEmpty()) {
            contents = Optional.of(new BackgroundHash("face-archive", List.of(content), MAX_CONTENT_BLOCKS));
        }
        return contents.get();
    }
}
