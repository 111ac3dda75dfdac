package io.dvcr.storage.s3;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.dvcr.storage.object.ByteRange;
import java.io.IOException;
import java.io.InputStream;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/** Tries out what a server can do, with a few small objects that are removed again. */
final class S3Trial {
    /** Where that lies, behind the prefix. */
    static final String TRIALS = ".trial/";

    private static final Bytes CONTENT = Bytes.of(US_ASCII.encode("0123456789"));
    private static final ByteRange MIDDLE = new ByteRange(3, 4);

    private final Bucket bucket;
    private final String first;
    private final String second;
    private final String directory;

    S3Trial(Bucket bucket, String prefix) {
        this.bucket = bucket;
        this.directory = prefix + TRIALS + UUID.randomUUID() + "/";
        this.first = directory + "first";
        this.second = directory + "second";
    }

    private interface Attempt {
        boolean succeeds() throws IOException;
    }

    /** @throws IOException that says what the server lacks, or why the bucket cannot be used at all */
    Set<S3Capability> run() throws IOException {
        try {
            bucket.put(first, CONTENT);
        } catch (IOException e) {
            throw new IOException("the bucket " + bucket.name() + " cannot be written: " + e.getMessage(), e);
        }
        try {
            require(
                    S3Capability.CONDITIONAL_PUT,
                    () -> !bucket.putIfAbsent(first, CONTENT, Map.of())
                            && bucket.putIfAbsent(second, CONTENT, Map.of()));
            require(S3Capability.RANGED_GET, () -> read(first, MIDDLE).equals("3456"));
            require(
                    S3Capability.LISTING,
                    () -> bucket.list(directory, first, 10).stream()
                            .map(StoredObject::key)
                            .toList()
                            .equals(List.of(second)));
            require(S3Capability.COPY, () -> {
                bucket.copy(first, second);
                return read(second, ByteRange.all(100)).equals("0123456789");
            });
            require(
                    S3Capability.MULTIPART,
                    () -> joins((multipart, id) -> multipart.upload(id, 1, CONTENT), "0123456789"));
            require(
                    S3Capability.PART_COPY,
                    () -> joins((multipart, id) -> multipart.copy(id, 1, first, MIDDLE), "3456"));
            return EnumSet.allOf(S3Capability.class);
        } finally {
            bucket.delete(first);
            bucket.delete(second);
        }
    }

    private void require(S3Capability capability, Attempt attempt) throws IOException {
        String lack = "the S3 server of bucket " + bucket.name() + " " + capability.lack();
        try {
            if (attempt.succeeds()) {
                return;
            }
        } catch (IOException e) {
            throw new IOException(lack + ": " + e.getMessage(), e);
        }
        throw new IOException(lack);
    }

    private interface Part {
        CompletedPart send(Multipart multipart, String id) throws IOException;
    }

    private boolean joins(Part part, String expected) throws IOException {
        Multipart multipart = bucket.multipart(second);
        String id = multipart.begin();
        try {
            CompletedPart sent = part.send(multipart, id);
            boolean listed = multipart.parts(id, 1).size() == 1;
            multipart.complete(id, List.of(sent));
            return listed && read(second, ByteRange.all(100)).equals(expected);
        } finally {
            multipart.abort(id);
        }
    }

    private String read(String key, ByteRange range) throws IOException {
        try (InputStream in = ObjectStream.open(bucket, key, range)) {
            return new String(in.readAllBytes(), US_ASCII);
        }
    }
}
