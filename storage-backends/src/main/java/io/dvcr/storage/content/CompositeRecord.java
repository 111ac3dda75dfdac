package io.dvcr.storage.content;

import io.dvcr.storage.Digest;
import io.dvcr.storage.Digest.Algorithm;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * How a {@link Composite} is stored. Integers are big-endian.
 *
 * <pre>
 * head   8        DVCRCOMP in ASCII
 *        4        version: 1
 *        4        S: number of sources
 *        4        O: length of its own bytes
 *        4        P: number of pieces
 *        32 S     SHA-256 of each source
 *        32       SHA-256 of the head so far
 * tail   O        its own bytes
 *        16 P     of each piece: source (-1: its own bytes), offset, length, how many times
 *        32       SHA-256 of the tail so far
 * </pre>
 *
 * The head can be read alone: garbage collection asks each composite what it is made of.
 */
final class CompositeRecord {
    /** The longest there can be. */
    static final long MAX_BYTES =
            24 + 32L * Composite.MAX_SOURCES + 64 + Composite.MAX_OWN_BYTES + 16L * Composite.MAX_PIECES;

    private static final byte[] MAGIC = HexFormat.of().parseHex("44564352434f4d50");
    private static final int VERSION = 1;
    private static final int HASH = 32;

    private CompositeRecord() {}

    static ByteBuffer write(Composite composite) {
        int sources = composite.sources().size();
        int head = 24 + HASH * sources;
        int tail = composite.own().length + Integer.BYTES * composite.pieces().length;
        ByteBuffer record = ByteBuffer.allocate(head + HASH + tail + HASH);
        record.put(MAGIC)
                .putInt(VERSION)
                .putInt(sources)
                .putInt(composite.own().length)
                .putInt(composite.count());
        composite.sources().forEach(source -> record.put(HexFormat.of().parseHex(source.hex())));
        record.put(hash(record.array(), 0, head)).put(composite.own());
        record.asIntBuffer().put(composite.pieces());
        record.position(head + HASH + tail);
        return record.put(hash(record.array(), head + HASH, tail)).flip();
    }

    /** What the record says that its composite is made of; empty if it is damaged. */
    static Optional<List<Digest>> readSources(InputStream record) throws IOException {
        try {
            return Optional.of(readHead(record).sources());
        } catch (DamagedException | EOFException e) {
            return Optional.empty();
        }
    }

    /** Empty if it is damaged. */
    static Optional<Composite> read(InputStream record) throws IOException {
        try {
            Head head = readHead(record);
            byte[] tail = sealed(record, new byte[0], head.ownBytes() + 16 * head.pieces());
            byte[] own = Arrays.copyOf(tail, head.ownBytes());
            int[] pieces = new int[4 * head.pieces()];
            ByteBuffer.wrap(tail, own.length, tail.length - own.length)
                    .asIntBuffer()
                    .get(pieces);
            return Optional.of(new Composite(head.sources(), own, pieces));
        } catch (DamagedException | EOFException | IllegalArgumentException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private record Head(List<Digest> sources, int ownBytes, int pieces) {}

    private static Head readHead(InputStream record) throws IOException {
        byte[] fixed = exactly(record, 24);
        ByteBuffer fields = ByteBuffer.wrap(fixed, MAGIC.length, 16);
        boolean known = Arrays.equals(fixed, 0, MAGIC.length, MAGIC, 0, MAGIC.length) && fields.getInt() == VERSION;
        int count = known ? fields.getInt() : 0;
        int ownBytes = known ? fields.getInt() : 0;
        int pieces = known ? fields.getInt() : 0;
        requireSound(known
                && isWithin(count, Composite.MAX_SOURCES)
                && isWithin(ownBytes, Composite.MAX_OWN_BYTES)
                && isWithin(pieces, Composite.MAX_PIECES));
        byte[] hashes = sealed(record, fixed, HASH * count);
        List<Digest> sources = new ArrayList<>(count);
        for (int at = 0; at < hashes.length; at += HASH) {
            sources.add(Digest.of(Algorithm.SHA256, Arrays.copyOfRange(hashes, at, at + HASH)));
        }
        return new Head(sources, ownBytes, pieces);
    }

    private static boolean isWithin(int value, int limit) {
        return value >= 0 && value <= limit;
    }

    /** The next bytes, behind which there is the hash of {@code before} and them. */
    private static byte[] sealed(InputStream record, byte[] before, int length) throws IOException {
        byte[] content = exactly(record, length);
        MessageDigest hash = Algorithm.SHA256.newHash();
        hash.update(before);
        hash.update(content);
        requireSound(MessageDigest.isEqual(hash.digest(), exactly(record, HASH)));
        return content;
    }

    private static byte[] exactly(InputStream record, int length) throws IOException {
        byte[] content = record.readNBytes(length);
        if (content.length < length) {
            throw new EOFException("the record of a composite ends early");
        }
        return content;
    }

    private static byte[] hash(byte[] bytes, int offset, int length) {
        MessageDigest hash = Algorithm.SHA256.newHash();
        hash.update(bytes, offset, length);
        return hash.digest();
    }

    private static void requireSound(boolean condition) throws DamagedException {
        if (!condition) {
            throw new DamagedException();
        }
    }

    private static final class DamagedException extends IOException {
        private static final long serialVersionUID = 1L;
    }
}
