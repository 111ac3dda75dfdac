package io.dvcr.storage.s3;

import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.StoreUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * The bytes of a range, which ends with the object. A connection that breaks is made anew and goes on where it broke, as
 * long as each brings something and the object is still the one that was opened. Closing early gives up the connection
 * rather than receive what nobody wants. Not thread-safe.
 */
final class ObjectStream extends InputStream {
    /** Receiving so little is cheaper than another connection. */
    private static final int DRAINED_BYTES = 64 << 10;

    private final Bucket bucket;
    private final String key;
    private final long end;
    private final String etag;
    private long position;
    private ResponseInputStream<GetObjectResponse> answer;
    private boolean broughtSomething;

    private ObjectStream(Bucket bucket, String key, long position, ResponseInputStream<GetObjectResponse> answer) {
        this.bucket = bucket;
        this.key = key;
        this.position = position;
        this.end = position + answer.response().contentLength();
        this.etag = answer.response().eTag();
        this.answer = answer;
    }

    /** @throws java.nio.file.NoSuchFileException if there is no such object */
    static InputStream open(Bucket bucket, String key, ByteRange range) throws IOException {
        Optional<ResponseInputStream<GetObjectResponse>> answer = bucket.get(key, range);
        return answer.isPresent()
                ? new ObjectStream(bucket, key, range.offset(), answer.get())
                : InputStream.nullInputStream();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        while (position < end) {
            int read = receive(target, offset, (int) Math.min(length, end - position));
            if (read > 0) {
                position += read;
                broughtSomething = true;
                return read;
            }
        }
        return -1;
    }

    /** Returns 0 if the connection broke and there is another now. */
    private int receive(byte[] target, int offset, int length) throws IOException {
        try {
            int read = answer.read(target, offset, length);
            if (read > 0) {
                return read;
            }
        } catch (IOException e) {
            resume(e);
            return 0;
        }
        resume(new IOException("the server ended the answer too early")); // some clients take that for the end
        return 0;
    }

    private void resume(IOException broken) throws IOException {
        answer.abort();
        if (!broughtSomething || Thread.currentThread().isInterrupted()) {
            throw unavailable(broken);
        }
        broughtSomething = false;
        answer = bucket.get(key, new ByteRange(position, end - position)).orElseThrow(() -> unavailable(broken));
        if (!etag.equals(answer.response().eTag())) {
            answer.abort();
            throw unavailable(broken); // it was replaced: what comes now is not what was begun with
        }
    }

    private StoreUnavailableException unavailable(IOException broken) {
        return new StoreUnavailableException(key + ": cut off at " + position + " of " + end, broken);
    }

    @Override
    public int available() throws IOException {
        return (int) Math.min(answer.available(), end - position);
    }

    @Override
    public void close() throws IOException {
        if (end - position <= DRAINED_BYTES) {
            answer.close();
        } else {
            answer.abort();
        }
    }
}
