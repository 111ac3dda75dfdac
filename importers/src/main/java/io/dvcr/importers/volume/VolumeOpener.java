package io.dvcr.importers.volume;

import io.dvcr.importers.source.OpenedSource;
import io.dvcr.importers.source.SourceError.VolumeRefused;
import io.dvcr.importers.source.SourceException;
import io.dvcr.importers.source.SourceOpener;
import io.dvcr.importers.source.VolumeSource;
import io.dvcr.storage.RepositoryName;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** Opens files and block devices of the server's host, below directories that its operator allows. Thread-safe. */
public final class VolumeOpener implements SourceOpener<VolumeSource> {
    private final List<VolumeDirectory> allowed;

    /** @param allowed none, if nothing on the host is to be imported */
    public VolumeOpener(List<VolumeDirectory> allowed) {
        this.allowed = List.copyOf(allowed);
    }

    @Override
    public OpenedSource open(VolumeSource source, RepositoryName target) throws IOException {
        Path path = source.path();
        VolumeDirectory directory = allowed.stream()
                .filter(one -> one.holds(path) && one.isFor(target))
                .findFirst()
                .orElseThrow(() ->
                        refused(path, "it is below no directory that the operator allows for imports to " + target));
        try {
            VolumeFile file =
                    VolumeFile.open(directory.directory(), directory.directory().relativize(path));
            return new OpenedSource(new VolumeStream(path, file), OptionalLong.of(file.size()), source.checksum());
        } catch (FileSystemException e) { // there is none, it is a link, or it is not readable: the client's to know
            throw new SourceException(new VolumeRefused(path.toString(), reason(e)), e);
        }
    }

    private static String reason(FileSystemException e) {
        return switch (e) {
            case NoSuchFileException _ -> "there is no such file";
            case AccessDeniedException _ -> "the server may not read it";
            case NotDirectoryException _ -> "a part of it is no directory";
            case VolumeFile.UnusableException unusable -> unusable.getReason();
            default -> "it, or a directory on the way to it, is a link, or cannot be opened";
        };
    }

    private static SourceException refused(Path path, String reason) {
        return new SourceException(new VolumeRefused(path.toString(), reason));
    }
}
