package io.dvcr.importers.source;

import io.dvcr.storage.RepositoryName;
import java.io.IOException;
import java.util.Optional;

/**
 * Reads every kind of source, each by its own opener. Thread-safe.
 *
 * @param http for images at URLs
 * @param registry for images in container registries
 * @param volume for files and block devices of the server's host
 * @param upload for images that clients have sent
 */
public record SourceOpeners(
        SourceOpener<HttpSource> http,
        SourceOpener<RegistrySource> registry,
        SourceOpener<VolumeSource> volume,
        SourceOpener<UploadSource> upload)
        implements SourceOpener<ImportSource> {

    @Override
    public OpenedImage open(ImportSource source, RepositoryName target) throws IOException {
        return switch (source) { // no default: a new kind must be placed here
            case HttpSource image -> http.open(image, target);
            case RegistrySource image -> registry.open(image, target);
            case VolumeSource image -> volume.open(image, target);
            case UploadSource sent -> upload.open(sent, target);
        };
    }

    @Override
    public Optional<OpenedSource> openBehind(HeadStart start, ImportSource source, RepositoryName target)
            throws IOException {
        return switch (source) {
            case HttpSource image -> http.openBehind(start, image, target);
            case RegistrySource image -> registry.openBehind(start, image, target);
            case VolumeSource image -> volume.openBehind(start, image, target);
            case UploadSource sent -> upload.openBehind(start, sent, target);
        };
    }
}
