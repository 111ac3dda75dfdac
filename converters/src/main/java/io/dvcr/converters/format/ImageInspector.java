package io.dvcr.converters.format;

import io.dvcr.converters.format.FileError.Empty;
import io.dvcr.converters.format.FileError.FormatAmbiguous;
import io.dvcr.converters.format.FileError.FormatMismatch;
import io.dvcr.converters.format.FileError.FormatUnsupported;
import io.dvcr.converters.format.FileError.VirtualSizeTooLarge;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides what an image file is from its bytes as they stream by, and refuses what cannot safely be imported. Feed it
 * every byte in order; after {@link #HEAD_BYTES} there is a {@link #verdict()}, and {@link #finish()} gives the rest.
 * It keeps 64 KiB however long the file is. Not thread-safe.
 *
 * <p>An image that has to be read at random ({@link ImageFormat#sequential()} is false) is passed only by {@link
 * #inspect}, which also follows the tables inside the whole file.
 */
public final class ImageInspector {

    /** How much of a file is looked at to decide its format; a shorter file is looked at whole. */
    public static final int HEAD_BYTES = 64 << 10;

    /** 16 TiB: the largest disk taken where nothing else is configured. */
    public static final long DEFAULT_MAX_VIRTUAL_SIZE_BYTES = 16L << 40;

    private final long maxVirtualSizeBytes;
    private final @Nullable ImageFormat declared;
    private final ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
    private final ByteBuffer tail = ByteBuffer.allocate(Signature.TAIL_BYTES);
    private long length;
    private @Nullable ImageFormat format;
    private @Nullable Qcow2Header qcow2;

    /** An inspector that takes any format. */
    public ImageInspector(long maxVirtualSizeBytes) {
        this(null, maxVirtualSizeBytes);
    }

    private ImageInspector(@Nullable ImageFormat declared, long maxVirtualSizeBytes) {
        this.declared = declared;
        this.maxVirtualSizeBytes = maxVirtualSizeBytes;
    }

    /** An inspector that refuses an image which is not what its owner said it is. */
    public static ImageInspector expecting(ImageFormat declared, long maxVirtualSizeBytes) {
        return new ImageInspector(declared, maxVirtualSizeBytes);
    }

    /**
     * Inspects a complete file: its head, its length, and the tables that say where its data lies.
     *
     * @throws ImageException if the image is refused
     */
    public static ImageInfo inspect(Path file, long maxVirtualSizeBytes) throws IOException {
        return new ImageInspector(maxVirtualSizeBytes).inspectFile(file);
    }

    /** The same, by an inspector that was fed nothing. */
    public ImageInfo inspectFile(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            return inspect(channel);
        }
    }

    /**
     * The file goes on with {@code bytes}, which stay as they are, position and limit included.
     *
     * @throws ImageException if the image is refused, as early as can be
     */
    public void feed(ByteBuffer bytes) {
        length += bytes.remaining();
        keepHead(bytes);
        keepTail(bytes);
        if (format == null && !head.hasRemaining()) {
            format = decide();
        }
        if (format != null && format.sequential()) {
            checkLength();
        }
    }

    /** The format, as soon as enough of the file was fed; until then empty. */
    public Optional<ImageFormat> verdict() {
        return Optional.ofNullable(format);
    }

    /**
     * The file ends here.
     *
     * @throws ImageException if the image is refused
     */
    public ImageInfo finish() {
        if (length == 0) {
            throw new ImageException(new Empty());
        }
        ImageFormat decided = format == null ? decide() : format;
        format = decided;
        if (qcow2 != null) {
            qcow2.checkTablesWithin(length);
            return new ImageInfo(decided, qcow2.virtualSizeBytes(), false);
        }
        checkFooter(decided);
        checkLength();
        return new ImageInfo(decided, length, decided == ImageFormat.ISO);
    }

    private ImageInfo inspect(FileChannel channel) throws IOException {
        readAt(channel, 0, HEAD_BYTES);
        length = Math.max(length, channel.size() - Signature.TAIL_BYTES);
        readAt(channel, length, Signature.TAIL_BYTES);
        ImageInfo info = finish();
        if (qcow2 != null) {
            Qcow2Tables.check(channel, qcow2);
        }
        return info;
    }

    private void readAt(FileChannel channel, long offset, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        int read = 0;
        while (read >= 0 && buffer.hasRemaining()) {
            read = channel.read(buffer, offset + buffer.position());
        }
        feed(buffer.flip());
    }

    private void keepHead(ByteBuffer bytes) {
        int wanted = Math.min(head.remaining(), bytes.remaining());
        head.put(bytes.slice(bytes.position(), wanted));
    }

    private void keepTail(ByteBuffer bytes) {
        int wanted = Math.min(tail.capacity(), bytes.remaining());
        int surplus = Math.max(0, tail.position() + wanted - tail.capacity());
        tail.flip().position(surplus);
        tail.compact().put(bytes.slice(bytes.limit() - wanted, wanted));
    }

    private ImageFormat decide() {
        ByteBuffer seen = head.asReadOnlyBuffer().flip();
        ImageFormat detected = detect(seen);
        if (declared != null && declared != detected) {
            throw new ImageException(new FormatMismatch(declared, detected));
        }
        if (detected == ImageFormat.QCOW2) {
            qcow2 = Qcow2Header.parse(seen, maxVirtualSizeBytes);
        }
        return detected;
    }

    private static ImageFormat detect(ByteBuffer seen) {
        List<Signature> found = Signature.in(seen);
        if (found.size() > 1) {
            throw new ImageException(
                    new FormatAmbiguous(found.get(0).description(), found.get(1).description()));
        }
        if (found.isEmpty()) {
            return ImageFormat.RAW;
        }
        return switch (found.getFirst()) {
            case QCOW -> ImageFormat.QCOW2;
            case ISO9660 -> ImageFormat.ISO;
            default ->
                throw new ImageException(new FormatUnsupported(found.getFirst().description()));
        };
    }

    /** Fixed VHD and DMG show only at their end; until there they look like raw. */
    private void checkFooter(ImageFormat decided) {
        for (String footer : Signature.inTail(tail.asReadOnlyBuffer().flip())) {
            throw new ImageException(
                    decided == ImageFormat.RAW
                            ? new FormatUnsupported(footer)
                            : new FormatAmbiguous(decided.toString(), footer));
        }
    }

    private void checkLength() {
        if (length > maxVirtualSizeBytes) {
            throw new ImageException(new VirtualSizeTooLarge(length, maxVirtualSizeBytes));
        }
    }
}
