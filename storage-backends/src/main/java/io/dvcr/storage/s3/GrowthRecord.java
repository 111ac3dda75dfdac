package io.dvcr.storage.s3;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How far an object that grows has come. It consists of segments, which are objects of their own, then of the first
 * {@code parts} parts of a multipart upload, if one is open, then of the tail, which is the content of the object that
 * holds this record in its metadata.
 *
 * @param number each record has one more than that before it
 * @param length of all, in bytes
 * @param segmentStart where the upload begins, or the tail if none is open
 * @param upload that is open
 * @param parts of {@code partBytes} each; more may have been sent, which do not count
 * @param fence whether the writer is another than that of the record before. Such a record stays as long as the object
 *     does, so that whoever wrote before cannot go on: the number that it would take is taken
 * @param contested whether there ever was such a record of this object
 * @param ended whether there is no object any more, which nobody is to know who still writes
 */
record GrowthRecord(
        long number,
        long length,
        long segmentStart,
        Optional<String> upload,
        int parts,
        int partBytes,
        boolean fence,
        boolean contested,
        boolean ended) {
    private static final String LENGTH = "dvcr-length";
    private static final String START = "dvcr-start";
    private static final String UPLOAD = "dvcr-upload";
    private static final String PARTS = "dvcr-parts";
    private static final String PART_BYTES = "dvcr-part-bytes";
    private static final String FENCE = "dvcr-fence";
    private static final String CONTESTED = "dvcr-contested";
    private static final String ENDED = "dvcr-ended";

    /** Of an object without bytes, before its first record, which will come behind {@code number}. */
    static GrowthRecord nothing(long number, int partBytes) {
        return new GrowthRecord(number, 0, 0, Optional.empty(), 0, partBytes, false, number > 0, false);
    }

    /** Where the tail begins. */
    long tailStart() {
        return segmentStart + (long) parts * partBytes;
    }

    int tailBytes() {
        return Math.toIntExact(length - tailStart());
    }

    /** The next, of the same writer. */
    GrowthRecord next(
            long newLength, long newSegmentStart, Optional<String> newUpload, int newParts, int newPartBytes) {
        return new GrowthRecord(
                number + 1, newLength, newSegmentStart, newUpload, newParts, newPartBytes, false, contested, false);
    }

    /** The same, written by another. */
    GrowthRecord takenOver() {
        return new GrowthRecord(number + 1, length, segmentStart, upload, parts, partBytes, true, true, false);
    }

    /** That there is nothing any more. */
    GrowthRecord end() {
        return new GrowthRecord(number + 1, 0, 0, Optional.empty(), 0, partBytes, true, true, true);
    }

    Map<String, String> toMetadata() {
        Map<String, String> metadata = new HashMap<>();
        metadata.put(LENGTH, Long.toString(length));
        metadata.put(START, Long.toString(segmentStart));
        metadata.put(PARTS, Integer.toString(parts));
        metadata.put(PART_BYTES, Integer.toString(partBytes));
        metadata.put(FENCE, Boolean.toString(fence));
        metadata.put(CONTESTED, Boolean.toString(contested));
        metadata.put(ENDED, Boolean.toString(ended));
        upload.ifPresent(id -> metadata.put(UPLOAD, id));
        return metadata;
    }

    static GrowthRecord parse(long number, StoredObject stored) throws IOException {
        Map<String, String> metadata = stored.metadata();
        try {
            GrowthRecord record = new GrowthRecord(
                    number,
                    Long.parseLong(metadata.getOrDefault(LENGTH, "")),
                    Long.parseLong(metadata.getOrDefault(START, "")),
                    Optional.ofNullable(metadata.get(UPLOAD)),
                    Integer.parseInt(metadata.getOrDefault(PARTS, "")),
                    Integer.parseInt(metadata.getOrDefault(PART_BYTES, "")),
                    Boolean.parseBoolean(metadata.get(FENCE)),
                    Boolean.parseBoolean(metadata.get(CONTESTED)),
                    Boolean.parseBoolean(metadata.get(ENDED)));
            if (stored.size() != record.tailBytes()) {
                throw new IOException(
                        stored.key() + " has " + stored.size() + " bytes instead of " + record.tailBytes());
            }
            return record;
        } catch (NumberFormatException | ArithmeticException e) {
            throw new IOException(stored.key() + " is not a record of an object that grows: " + metadata, e);
        }
    }
}
