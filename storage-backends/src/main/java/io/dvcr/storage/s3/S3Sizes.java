package io.dvcr.storage.s3;

/**
 * In which pieces bytes go to the server.
 *
 * @param partBytes of an object that grows; what is less than one waits in memory, and is sent again at every flush
 * @param partsAtOnce how many parts of one object are on their way at once; each is in memory until it has arrived
 * @param uploadBytes how much of all objects that grow is in memory at most, besides tails that are small;
 *     an object gets room for its parts in any case
 * @param copyBytes the most that the server copies at once; larger objects are copied in parts of that size at most
 */
public record S3Sizes(int partBytes, int partsAtOnce, long uploadBytes, long copyBytes) {
    /** "Each part must be at least 5 MB in size, except the last part": S3, multipart upload limits. */
    public static final int MIN_PART_BYTES = 5 << 20;

    /** S3's own limit of a copy. */
    public static final long MAX_COPY_BYTES = 5L << 30;

    public static final S3Sizes DEFAULTS = new S3Sizes(8 << 20, 3, 128 << 20, MAX_COPY_BYTES);

    /** Of a multipart upload. */
    static final int MAX_PARTS = 10_000;

    public S3Sizes {
        if (partBytes < MIN_PART_BYTES) {
            throw new IllegalArgumentException("a part must have at least " + MIN_PART_BYTES + " bytes: " + partBytes);
        }
        if (copyBytes < 2L * partBytes) {
            throw new IllegalArgumentException("what is copied at once must be at least two parts: " + copyBytes);
        }
    }

    /** For how many parts there is memory: for those of one upload at least. */
    int partsInMemory() {
        return Math.clamp(uploadBytes / partBytes, partsAtOnce + 1, Integer.MAX_VALUE);
    }

    /** How many parts one multipart upload has at most, so that what comes of it can be copied at once. */
    int partsOfSegment() {
        return (int) Math.min(MAX_PARTS - 1, copyBytes / partBytes - 1); // one is left for the tail
    }
}
