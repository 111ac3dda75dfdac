package io.dvcr.importers.registry;

import io.dvcr.converters.disk.BlobDescriptor;
import io.dvcr.converters.disk.DiskManifest;
import io.dvcr.importers.pushed.PushedDisk;
import io.dvcr.importers.source.DownloadPatience;
import io.dvcr.importers.source.OpenedDisk;
import io.dvcr.importers.source.OpenedImage;
import io.dvcr.importers.source.OpenedSource;
import io.dvcr.importers.source.RegistrySource;
import io.dvcr.importers.source.SourceAccess;
import io.dvcr.importers.source.SourceError.NoDisk;
import io.dvcr.importers.source.SourceError.RegistryFailed;
import io.dvcr.importers.source.SourceError.TooLarge;
import io.dvcr.importers.source.SourceException;
import io.dvcr.importers.source.SourceOpener;
import io.dvcr.importers.source.SourceSecret;
import io.dvcr.importers.source.SourceSession;
import io.dvcr.importers.unpack.UnpackLimits;
import io.dvcr.importers.unpack.UnpackRoom;
import io.dvcr.importers.unpack.UnpackedFile;
import io.dvcr.storage.Digest;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.Descriptor;
import io.dvcr.storage.content.StoredManifest;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens images in container registries that clients name: disk artifacts, to be copied, and the disks in containerDisks,
 * KubeVirt artifacts and what oras pushes. Thread-safe.
 */
public final class RegistryOpener implements SourceOpener<RegistrySource> {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryOpener.class);

    /** An index may list indexes; one that lists itself, or nearly, ends here. */
    private static final int MAX_NESTING = 3;

    /** Bounds what unpacks, not what downloads: that has its own patience. */
    private static final Duration LONGEST = Duration.ofDays(1);

    private final SourceAccess access;
    private final RegistrySettings settings;
    private final RegistryPatience patience;
    private final UnpackLimits limits;

    /**
     * @param maxVirtualSizeBytes the largest disk, and the largest layer that one is read from
     */
    public RegistryOpener(
            SourceAccess access, DownloadPatience patience, RegistrySettings settings, long maxVirtualSizeBytes) {
        this.access = access;
        this.settings = settings;
        this.patience = new RegistryPatience(patience.stallTimeout(), patience.backoff());
        this.limits = new UnpackLimits(maxVirtualSizeBytes, LONGEST, new UnpackRoom());
    }

    @Override
    public OpenedImage open(RegistrySource source, RepositoryName target) throws IOException {
        List<RegistryPlace> places = RegistryPlace.of(source, settings);
        for (RegistryPlace mirror : places.subList(0, places.size() - 1)) {
            try {
                return open(source, target, mirror);
            } catch (SourceException e) {
                LOG.atDebug()
                        .addKeyValue("mirror", mirror.registry())
                        .addKeyValue("image", source.reference())
                        .setCause(e)
                        .log("a mirror does not have an image");
            }
        }
        return open(source, target, places.getLast());
    }

    private OpenedImage open(RegistrySource source, RepositoryName target, RegistryPlace place) throws IOException {
        Optional<SourceSecret> secret = source.secret().map(name -> access.secret(name, place.registry(), target));
        SourceSession session = access.session(place.registry(), secret);
        try {
            return new Pull(source, place.image(), client(place, session, secret), session).open();
        } catch (InterruptedIOException | SourceException e) {
            session.close();
            throw e;
        } catch (IOException e) {
            session.close();
            throw new SourceException(new RegistryFailed(source.reference(), String.valueOf(e.getMessage())), e);
        } catch (RegistryException e) {
            session.close();
            throw new SourceException(
                    new RegistryFailed(source.reference(), e.error().message()), e);
        }
    }

    private RegistryClient client(RegistryPlace place, SourceSession session, Optional<SourceSecret> secret) {
        RegistryCredentials credentials = secret.map(SourceCredentials::of)
                .or(() -> settings.dockerConfig().map(SourceCredentials::of))
                .orElse(RegistryCredentials.NONE);
        TokenService.Realms realms =
                secret.<TokenService.Realms>map(known -> known::mayBeShownTo).orElse(TokenService.Realms.ALL);
        return new RegistryClient(place.registry(), credentials, new JudgedTransport(session), patience, realms);
    }

    /** One image at one place. */
    private final class Pull {
        private final RegistrySource source;
        private final ImageReference image;
        private final RegistryClient client;
        private final SourceSession session;

        Pull(RegistrySource source, ImageReference image, RegistryClient client, SourceSession session) {
            this.source = source;
            this.image = image;
            this.client = client;
            this.session = session;
        }

        OpenedImage open() throws IOException {
            StoredManifest manifest = manifest();
            boolean isDisk = manifest.parsed().artifactType().equals(Optional.of(DiskManifest.ARTIFACT_TYPE));
            return isDisk
                    ? new OpenedDisk(DiskManifest.parse(manifest.content()), this::blob, session)
                    : file(manifest);
        }

        private StoredManifest manifest() throws IOException {
            StoredManifest manifest = client.manifest(image);
            for (int i = 0; i < MAX_NESTING; i++) {
                Optional<Digest> listed = PlatformChoice.in(manifest, source.architecture(), source.reference());
                if (listed.isEmpty()) {
                    return manifest;
                }
                manifest =
                        client.manifest(new ImageReference(image.repository(), new Reference.ByDigest(listed.get())));
            }
            throw noDisk("its indexes list indexes");
        }

        private OpenedSource file(StoredManifest manifest) throws IOException {
            List<PushedDisk> candidates = PushedDisk.in(manifest.parsed());
            for (PushedDisk candidate : candidates) {
                Optional<OpenedSource> opened = file(candidate);
                if (opened.isPresent()) {
                    return opened.get();
                }
            }
            throw noDisk(
                    candidates.isEmpty()
                            ? "it is neither a containerDisk nor an artifact with one disk"
                            : "it is a container image without a file below /disk");
        }

        /** A layer, or the file in it if it is an archive. */
        private record Unwrapped(InputStream stream, OptionalLong length) {}

        private Optional<OpenedSource> file(PushedDisk candidate) throws IOException {
            Descriptor layer = candidate.layer();
            if (layer.size() > limits.bytes()) {
                throw new SourceException(new TooLarge(limits.bytes()));
            }
            LayerStream.Hashed bytes =
                    new LayerStream.Hashed(client.open(image.repository(), layer.digest(), 0, layer.size()), layer);
            try {
                Optional<Unwrapped> file = switch (candidate.kind()) {
                    case FILE -> Optional.of(new Unwrapped(bytes, OptionalLong.of(layer.size())));
                    case CONTAINER_DISK ->
                        UnpackedFile.inContainerDisk(bytes, limits)
                                .map(inside -> new Unwrapped(inside, inside.length()));
                };
                if (file.isEmpty()) {
                    bytes.close();
                    return Optional.empty();
                }
                LayerStream stream = new LayerStream(source.reference(), file.get().stream(), bytes, session);
                return Optional.of(new OpenedSource(stream, file.get().length(), Optional.empty()));
            } catch (IOException | RuntimeException e) {
                bytes.close();
                throw e;
            }
        }

        private byte[] blob(BlobDescriptor blob) throws IOException {
            try {
                return client.blob(image.repository(), blob);
            } catch (InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                throw new SourceException(new RegistryFailed(source.reference(), String.valueOf(e.getMessage())), e);
            }
        }

        private SourceException noDisk(String reason) {
            return new SourceException(new NoDisk(source.reference(), reason));
        }
    }
}
