package io.dvcr.virt.volumes;

import io.dvcr.storage.Digest;
import io.dvcr.virt.store.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Where volumes are. The whole tree:
 *
 * <pre>
 * DATA/volumes/{uid}/disk              a raw disk
 *                    disk.qcow2        a disk over a base
 *                    base              a symbolic link to the base's directory, made before all else
 *                    *.partial         in the making, never looked into
 *              images/{digest}/image   a read-only disk that machines share
 *                              image.iso   a read-only CD-ROM
 *              bases/{digest}/image    what overlays lie over
 *              .{uid}.deleting/        a volume that is not there any more
 * </pre>
 */
record VolumeTree(Path root) {
    private static final Pattern UID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,199}");

    /** Makes what is missing, and removes what a killed controller was about to remove. */
    static VolumeTree open(Path root) throws IOException {
        VolumeTree tree = new VolumeTree(root);
        for (Path directory : new Path[] {root, tree.images(), tree.bases()}) {
            DurableFiles.createPassableDirectory(directory);
            for (Path child : DurableFiles.children(directory)) {
                if (child.getFileName().toString().endsWith(".deleting")) {
                    DurableFiles.deleteTree(child);
                }
            }
        }
        return tree;
    }

    private Path images() {
        return root.resolve("images");
    }

    Path bases() {
        return root.resolve("bases");
    }

    /** A digest is where images are; anything else is a uid. */
    VolumeFiles volume(String uid) {
        if (!UID.matcher(uid).matches() || uid.equals("images") || uid.equals("bases")) {
            throw new IllegalArgumentException("not the uid of a volume: " + uid);
        }
        boolean isDigest = uid.indexOf(':') > 0;
        return new VolumeFiles((isDigest ? images() : root).resolve(uid.replace(':', '-')));
    }

    VolumeFiles base(Digest image) {
        return new VolumeFiles(bases().resolve(image.toString().replace(':', '-')));
    }

    /** Whether any volume lies over the base, or is to. */
    boolean isUsed(VolumeFiles base) throws IOException {
        for (Path volume : DurableFiles.children(root)) {
            Path link = new VolumeFiles(volume).baseLink();
            if (Files.isSymbolicLink(link)
                    && link.resolveSibling(Files.readSymbolicLink(link))
                            .normalize()
                            .equals(base.directory())) {
                return true;
            }
        }
        return false;
    }
}
