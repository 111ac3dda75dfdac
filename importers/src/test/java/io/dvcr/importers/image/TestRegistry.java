package io.dvcr.importers.image;

import io.dvcr.converters.disk.DiskConfig;
import io.dvcr.converters.disk.DiskWriter;
import io.dvcr.converters.disk.DiskWriterOptions;
import io.dvcr.converters.face.FaceHasher;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.Reference;
import io.dvcr.storage.Tag;
import io.dvcr.storage.content.ContentStore;
import io.dvcr.storage.object.FileSystemStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/** The content and the images of a registry over a real file system. */
public final class TestRegistry implements Closeable {
    public static final Instant NOON = Instant.parse("2026-01-05T12:00:00Z");

    private final FileSystemStore store;
    private final ContentStore content;
    private final ImageStore images;

    private TestRegistry(FileSystemStore store) {
        this.store = store;
        this.content = ContentStore.over(store, Clock.systemUTC());
        this.images = new ImageStore(content);
    }

    public static TestRegistry in(Path directory) throws IOException {
        return new TestRegistry(FileSystemStore.open(directory));
    }

    public FileSystemStore store() {
        return store;
    }

    public ContentStore content() {
        return content;
    }

    public ImageStore images() {
        return images;
    }

    /** Makes {@code disk} the image {@code name}, such as {@code vms/debian:12}. */
    public ImageDetails publish(String name, byte[] disk) throws IOException {
        return publish(name, disk, FaceSettings.DEFAULTS);
    }

    ImageDetails publish(String name, byte[] disk, FaceSettings faces) throws IOException {
        return publish(name, disk, 0, faces);
    }

    /** The same, of {@code disk} with {@code hole} bytes behind it. */
    ImageDetails publish(String name, byte[] disk, long hole, FaceSettings faces) throws IOException {
        ImageReference reference = ImageReference.parse(name);
        Reference.ByTag named = (Reference.ByTag) reference.reference();
        try (ImageDraft draft = images.draft(reference.repository())) {
            return publish(draft, named.tag(), disk, hole, faces);
        }
    }

    /** The same, in {@code draft}. */
    ImageDetails publish(ImageDraft draft, Tag tag, byte[] disk) throws IOException {
        return publish(draft, tag, disk, 0, FaceSettings.DEFAULTS);
    }

    private static ImageDetails publish(ImageDraft draft, Tag tag, byte[] disk, long hole, FaceSettings faces)
            throws IOException {
        try (FaceHasher hashed = draft.faces(faces);
                DiskWriter writer = draft.writer(hashed, DiskWriterOptions.defaults())) {
            writer.data(ByteBuffer.wrap(disk));
            writer.zeros(hole);
            var written = writer.finish();
            DiskConfig config = new DiskConfig(
                    written.virtualSize(),
                    written.usedSize(),
                    "raw",
                    Optional.empty(),
                    false,
                    Optional.empty(),
                    Optional.empty(),
                    NOON);
            return draft.publish(tag, written, config, hashed, faces);
        }
    }

    /** Whether there is an image {@code name}. */
    public Optional<StoredImage> find(String name) throws IOException {
        ImageReference reference = ImageReference.parse(name);
        return images.find(reference.repository(), reference.reference());
    }

    /** All bytes of the disk of the image {@code name}. */
    public byte[] disk(String name) throws IOException {
        StoredImage image = find(name).orElseThrow();
        try (var disk = images.open(image)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) disk.size());
            disk.read(0, bytes);
            return bytes.array();
        }
    }

    @Override
    public void close() throws IOException {
        store.close();
    }
}
