package io.dvcr.importers.pushed;

import io.dvcr.storage.content.Descriptor;
import io.dvcr.storage.content.Manifest;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A layer of a pushed manifest that may hold a disk. Only the manifest has been looked at: what it says narrows the
 * choice, the bytes decide.
 *
 * @param sure whether the pusher said that it is a disk, by its name or its media type; else only its bytes can tell
 */
public record PushedDisk(Descriptor layer, Kind kind, boolean sure) {

    /** How the disk lies in the layer. */
    public enum Kind {
        /** The layer is the file, perhaps compressed: what oras pushes. */
        FILE,
        /** The layer is a tar, perhaps compressed, with the file below {@code disk/}: KubeVirt's containerDisk. */
        CONTAINER_DISK
    }

    /** An artifact of more files is something else. */
    private static final int MAX_FILES = 16;

    /** Ordinary container images have more layers, or others; they are not unpacked to see. */
    private static final int MAX_CONTAINER_LAYERS = 4;

    private static final String TITLE = "org.opencontainers.image.title";
    private static final Set<String> CONTAINER_CONFIGS =
            Set.of("application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json");
    private static final Pattern CONTAINER_LAYER =
            Pattern.compile("application/vnd\\.(?:oci\\.image\\.layer\\.v1\\.tar|docker\\.image\\.rootfs\\.diff\\.tar)"
                    + "(?:[.+](?:gzip|zstd))?");
    private static final Pattern DISK_NAME =
            Pattern.compile("(?i).*\\.(?:qcow2?|img|raw|iso|vmdk|vdi|vhdx?|vpc|ova)(?:\\.(?:gz|xz|zst|zstd|bz2))?");
    private static final Pattern DISK_TYPE = Pattern.compile(
            "(?i)(?!application/vnd\\.dvcr\\.).*(?:qcow2|vmdk|iso9660|x-iso|x-raw|disk[-.](?:image|raw)).*");

    /** The layers of {@code manifest} that may hold its disk, the likeliest first; none if it is no such artifact. */
    public static List<PushedDisk> in(Manifest manifest) {
        List<Descriptor> layers = manifest.layers();
        if (manifest.subject().isPresent()
                || layers.isEmpty()
                || layers.size() > MAX_FILES
                || layers.stream().anyMatch(Descriptor::foreign)) {
            return List.of();
        }
        return isContainer(manifest) ? inContainer(layers) : inFiles(layers);
    }

    private static boolean isContainer(Manifest manifest) {
        return manifest.config()
                        .map(Descriptor::mediaType)
                        .filter(CONTAINER_CONFIGS::contains)
                        .isPresent()
                && manifest.layers().stream().noneMatch(layer -> title(layer).isPresent());
    }

    /** What a later layer puts there hides what an earlier one has. */
    private static List<PushedDisk> inContainer(List<Descriptor> layers) {
        boolean tars = layers.stream()
                .allMatch(layer -> CONTAINER_LAYER.matcher(layer.mediaType()).matches());
        return tars && layers.size() <= MAX_CONTAINER_LAYERS
                ? layers.reversed().stream()
                        .map(layer -> new PushedDisk(layer, Kind.CONTAINER_DISK, false))
                        .toList()
                : List.of();
    }

    private static List<PushedDisk> inFiles(List<Descriptor> layers) {
        List<PushedDisk> disks = layers.stream()
                .filter(PushedDisk::isCalledDisk)
                .map(layer -> new PushedDisk(layer, Kind.FILE, true))
                .toList();
        if (disks.isEmpty() && layers.size() == 1) {
            return List.of(new PushedDisk(layers.getFirst(), Kind.FILE, false));
        }
        return disks.size() == 1 ? disks : List.of(); // of several nobody can say which a machine is to boot from
    }

    private static boolean isCalledDisk(Descriptor layer) {
        return DISK_TYPE.matcher(layer.mediaType()).matches()
                || title(layer)
                        .filter(name -> DISK_NAME.matcher(name).matches())
                        .isPresent();
    }

    private static Optional<String> title(Descriptor layer) {
        return Optional.ofNullable(layer.annotations().get(TITLE));
    }
}
