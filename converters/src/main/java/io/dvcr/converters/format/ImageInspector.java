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
 * It keeps 2 MiB at most however long the file is. Not thread-safe.
 *
 * <p>An image that has to be read at random ({@link ImageFormat#sequential()} is false) is passed only by {@link
 * #inspect}, which also follows the tables inside the whole file.
 */
public final class ImageInspector {

    /** How much of a file is looked at to decide its format; a shorter file is looked at whole. */
    public static final int HEAD_BYTES = 64 << 10;

    /** How much of a file's end is looked at. */
    static final int TAIL_BYTES = 3 * 512;

    /** 16 TiB: the largest disk taken where nothing else is configured. */
    public static final long DEFAULT_MAX_VIRTUAL_SIZE_BYTES = 16L << 40;

    private final long maxVirtualSizeBytes;
    private final @Nullable ImageFormat declared;
    private final ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
    private final ByteBuffer tail = ByteBuffer.allocate(TAIL_BYTES);
    private long length;
    private @Nullable ImageFormat format;
    private @Nullable FormatInspector inspector;

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
            return inspect(new ImageFile(channel));
        }
    }

    /** Once there is a verdict: how the disk is read while the file streams by; empty if that takes the whole file. */
    public Optional<PassingDisk> passing() {
        return inspector == null ? Optional.empty() : inspector.passing();
    }

    /**
     * Once there is a verdict: how the disk is read from the file, while that arrives; empty if it is its file byte for
     * byte, or has to pass first. Only {@link #inspectFile} tells whether all of it is well.
     */
    public Optional<MappedDisk> mapped() {
        return inspector == null ? Optional.empty() : inspector.mapped();
    }

    /**
     * The file goes on with {@code bytes}, which stay as they are, position and limit included.
     *
     * @throws ImageException if the image is refused, as early as can be
     */
    public void feed(ByteBuffer bytes) {
        keepHead(bytes);
        keepTail(bytes);
        if (format == null && !head.hasRemaining()) {
            format = decide();
        }
        feedInspector(bytes);
        length += bytes.remaining();
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
        if (inspector != null) {
            inspector.checkEnd(length, seen(tail));
            return new ImageInfo(decided, inspector.virtualSizeBytes(), false);
        }
        checkLength();
        return plain(decided);
    }

    /** The file ends here, and is all in {@code file}: its tables are followed, too. */
    public ImageInfo finish(FileChannel file) throws IOException {
        ImageInfo info = finish();
        if (inspector != null) {
            inspector.checkTables(new ImageFile(file));
        }
        return info;
    }

    private ImageInfo inspect(ImageFile file) throws IOException {
        read(file, 0, HEAD_BYTES);
        for (Optional<Window> next = wanted(); next.isPresent() && next.get().offset() < file.size(); next = wanted()) {
            read(file, next.get().offset(), next.get().length());
            if (!next.get().isFull()) {
                break; // the file ends within it
            }
        }
        read(file, Math.max(length, file.size() - TAIL_BYTES), TAIL_BYTES);
        ImageInfo info = finish();
        if (inspector != null) {
            inspector.checkTables(file);
        }
        return info;
    }

    /** Goes on at {@code offset}, which need not be where the last piece ended. */
    private void read(ImageFile file, long offset, int bytes) throws IOException {
        length = offset;
        feed(file.read(offset, ByteBuffer.allocate((int) Math.min(bytes, file.size() - offset))));
    }

    private Optional<Window> wanted() {
        return inspector == null ? Optional.empty() : inspector.wanted();
    }

    private void feedInspector(ByteBuffer bytes) {
        for (Optional<Window> next = wanted(); next.isPresent(); next = wanted()) {
            next.get().take(length, bytes);
            if (!next.get().isFull()) {
                return;
            }
        }
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
        ByteBuffer seen = seen(head);
        ImageFormat detected = detect(seen);
        if (declared != null && declared != detected && !mayBecome(declared, detected)) {
            throw new ImageException(new FormatMismatch(declared, detected));
        }
        inspector = switch (detected) {
            case RAW, ISO -> null;
            case QCOW2 -> Qcow2Inspector.of(seen, maxVirtualSizeBytes);
            case VMDK -> VmdkInspector.of(seen, maxVirtualSizeBytes);
            case VDI -> VdiInspector.of(seen, maxVirtualSizeBytes);
            case VHD -> VhdInspector.of(seen, maxVirtualSizeBytes);
            case VHDX -> new VhdxInspector(maxVirtualSizeBytes);
        };
        return detected;
    }

    /** A fixed VHD looks like raw up to its footer. */
    private static boolean mayBecome(ImageFormat declared, ImageFormat detected) {
        return declared == ImageFormat.VHD && detected == ImageFormat.RAW;
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
            case VMDK_SPARSE -> ImageFormat.VMDK;
            case VDI -> ImageFormat.VDI;
            case VHD -> ImageFormat.VHD;
            case VHDX -> ImageFormat.VHDX;
            case VMDK_DESCRIPTOR ->
                throw VmdkError.refuse(
                        VmdkError.Fault.EXTERNAL_FILE,
                        "the file is only the descriptor of a vmdk, whose disk lies in other files: expected one file");
            default ->
                throw new ImageException(new FormatUnsupported(found.getFirst().description()));
        };
    }

    /** What the file is by its footer: fixed VHD and DMG show only there; until then they look like raw. */
    private ImageInfo plain(ImageFormat decided) {
        Optional<Signature> footer = Signature.inTail(seen(tail));
        ImageInfo info = footer.isEmpty() ? new ImageInfo(decided, length, true) : withFooter(decided, footer.get());
        if (declared != null && declared != info.format()) {
            throw new ImageException(new FormatMismatch(declared, info.format()));
        }
        return info;
    }

    private ImageInfo withFooter(ImageFormat decided, Signature footer) {
        if (decided != ImageFormat.RAW) {
            throw new ImageException(new FormatAmbiguous(decided.toString(), footer.description()));
        }
        if (footer != Signature.VHD) {
            throw new ImageException(new FormatUnsupported(footer.description()));
        }
        return new ImageInfo(ImageFormat.VHD, VhdFooter.fixedSize(seen(tail), length), true);
    }

    private static ByteBuffer seen(ByteBuffer kept) {
        return kept.asReadOnlyBuffer().flip();
    }

    private void checkLength() {
        if (length > maxVirtualSizeBytes) {
            throw new ImageException(new VirtualSizeTooLarge(length, maxVirtualSizeBytes));
        }
    }
}
