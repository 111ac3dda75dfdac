package io.dvcr.cli.serve;

import io.dvcr.cli.command.VersionCommand;
import io.dvcr.cli.config.Configuration;
import io.dvcr.cli.config.ConfigurationWatch;
import io.dvcr.cli.resource.ResourceRoutes;
import io.dvcr.converters.qemu.QemuImg;
import io.dvcr.converters.qemu.QemuTools;
import io.dvcr.importers.image.ConvertedImages;
import io.dvcr.importers.image.ImageStore;
import io.dvcr.importers.job.DownloadConversions;
import io.dvcr.importers.job.ImportJobs;
import io.dvcr.importers.job.ImportLimits;
import io.dvcr.importers.job.ImportObserver;
import io.dvcr.importers.job.PushedConversions;
import io.dvcr.importers.mirror.MirroredContent;
import io.dvcr.importers.mirror.Mirrors;
import io.dvcr.importers.registry.Credential;
import io.dvcr.importers.registry.RegistryOpener;
import io.dvcr.importers.source.DownloadSettings;
import io.dvcr.importers.source.HttpDownloader;
import io.dvcr.importers.source.SourceAccess;
import io.dvcr.importers.source.SourceOpeners;
import io.dvcr.importers.unpack.UnpackRoom;
import io.dvcr.importers.upload.ImageUploads;
import io.dvcr.importers.upload.UploadedFiles;
import io.dvcr.importers.volume.VolumeOpener;
import io.dvcr.registry.api.ApiRoutes;
import io.dvcr.registry.api.ConversionEndpoint;
import io.dvcr.registry.api.ImageUploadRoutes;
import io.dvcr.registry.api.ImageUploadSettings;
import io.dvcr.registry.api.MirrorsEndpoint;
import io.dvcr.registry.api.RepositoryRoutes;
import io.dvcr.registry.api.ScrubEndpoint;
import io.dvcr.registry.auth.AccessSettings;
import io.dvcr.registry.auth.Authentication;
import io.dvcr.registry.event.ImportEvents;
import io.dvcr.registry.event.PushedImages;
import io.dvcr.registry.event.RegistryEvents;
import io.dvcr.registry.event.RetentionEvents;
import io.dvcr.registry.event.Webhooks;
import io.dvcr.registry.http.HttpServer;
import io.dvcr.registry.http.Route;
import io.dvcr.registry.observe.Observability;
import io.dvcr.registry.observe.OperatorRoutes;
import io.dvcr.registry.observe.Readiness;
import io.dvcr.registry.observe.StoreProbe;
import io.dvcr.registry.observe.TracingSettings;
import io.dvcr.registry.oci.OciRoutes;
import io.dvcr.storage.content.ContentStore;
import io.dvcr.storage.content.IncomingFiles;
import io.dvcr.storage.content.Scrub;
import io.dvcr.storage.content.StoreLayout;
import io.dvcr.storage.lease.Leases;
import io.dvcr.storage.lease.LocalLeases;
import io.dvcr.storage.lease.SharedLeases;
import io.dvcr.storage.object.CachedObjectStore;
import io.dvcr.storage.object.ObjectStore;
import io.dvcr.storage.object.ObservedStore;
import io.dvcr.storage.policy.RepositoryPolicies;
import io.dvcr.virt.api.Kinds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A registry and, if wanted, the controller of this host's machines: every part made and joined in one place. */
final class Server implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    private static final Duration STORE_PATIENCE = Duration.ofSeconds(5);

    private final Clock clock = Clock.systemUTC();
    private final Configuration configuration;
    private final ConfigurationWatch watch;
    private final DataDirectory data;
    private final AtomicReference<RepositoryPolicies> policies;
    private final AtomicReference<ImageUploadSettings> imageUploads;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final UnpackRoom unpackRoom = new UnpackRoom();
    private Optional<URI> url = Optional.empty();

    private Server(Configuration configuration, ConfigurationWatch watch) {
        this.configuration = configuration;
        this.watch = watch;
        this.data = new DataDirectory(configuration.data());
        this.policies = new AtomicReference<>(configuration.repositories());
        this.imageUploads = new AtomicReference<>(configuration.imageUploads());
    }

    /**
     * @param watch tells of changes of {@code configuration}; closed with the server
     * @throws IOException if it cannot be started; then nothing of it is left running
     */
    static Server start(Configuration configuration, ConfigurationWatch watch) throws IOException {
        Server server = new Server(configuration, watch);
        server.part(watch);
        watch.onChange("repositories", Configuration::repositories, server.policies::set);
        watch.onChange("imageUploads", Configuration::imageUploads, server.imageUploads::set);
        try {
            server.wire();
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private void wire() throws IOException {
        QemuTools qemu = QemuTools.on(Optional.ofNullable(System.getenv("PATH")).orElse(""));
        Observability observability =
                part(Observability.start(new TracingSettings(System.getenv()), VersionCommand.version(), clock));
        OpenedStore opened = part(OpenedStore.of(configuration));
        observability.metrics().storageCan(opened.capabilityNames());
        ObjectStore kept = new ObservedStore(opened.store(), observability.store());
        ObjectStore store = isShared() ? kept : CachedObjectStore.over(kept, StoreLayout::isRecord);
        Leases leases = leases(store);
        ContentStore content = ContentStore.over(store, policies::get, leases, clock);
        content.garbage().forgetPushesCutOff();
        Scrub scrub = part(Scrub.start(store, content, configuration.scrub(), leases, clock));

        SourceAccess access = part(sourceAccess());
        Mirrors mirrors = part(mirrors(store, access));
        ImageStore images = new ImageStore(content, new MirroredContent(mirrors), configuration.chunkCacheBytes());
        ConvertedImages converted = ConvertedImages.in(
                data.converted(), configuration.convertedBytes(), images, new QemuImg(qemu, QemuImg.DEFAULT_LIMITS));
        Webhooks webhooks = part(Webhooks.start(
                store,
                leases,
                configuration.webhooks(),
                clock,
                observability.metrics().deliveries()));
        IncomingFiles incoming = IncomingFiles.in(store, leases);
        ImportJobs imports = part(imports(
                store,
                leases,
                sources(incoming, access),
                images,
                ImportObserver.all(List.of(observability.imports(), new ImportEvents(webhooks)))));
        ImageUploads uploads = part(ImageUploads.start(
                incoming, images, imports, clock, configuration.imports().maxVirtualSizeBytes()));
        PushedConversions conversions = part(conversions(content, leases, images));
        RegistryEvents events = RegistryEvents.all(List.of(new PushedImages(conversions), webhooks));
        Readiness readiness = new Readiness(part(new StoreProbe(store, clock, STORE_PATIENCE)));

        HttpServer http = part(HttpServer.start(
                configuration.listen(), configuration.http(), configuration.tls(), observability.requests()));
        URI address = urlOf(http);
        Authentication authentication = authentication(address, store);
        List<Route> routes = new ArrayList<>();
        routes.addAll(OciRoutes.over(content, mirrors, configuration.registry(), events));
        routes.addAll(ApiRoutes.over(images, converted, imports, conversions, content.garbage(), events));
        routes.addAll(ConversionEndpoint.routes(images, part(downloadConversions(images, converted))));
        routes.addAll(ImageUploadRoutes.over(uploads, imports, imageUploads::get, authentication::urlFor));
        routes.addAll(MirrorsEndpoint.routes(mirrors));
        routes.addAll(ScrubEndpoint.routes(scrub));
        routes.addAll(RepositoryRoutes.over(content, events));
        routes.addAll(OperatorRoutes.over(observability.metrics(), readiness, configuration.metrics()));
        if (configuration.machines().enabled()) {
            MachineHost machines =
                    part(MachineHost.start(configuration.machines(), data, access(http, authentication), qemu, clock));
            routes.addAll(ResourceRoutes.over(machines.resources(), Kinds.ALL));
        }
        routes.addAll(authentication.routes());
        http.route(authentication, routes);
        startHousekeeping(
                content,
                imports,
                new Turns(store, leases, clock),
                events); // reads all there is: not before anybody is served
        observability.metrics().watch(content);
        observability.metrics().watch(scrub);
        observability.metrics().watch(mirrors);
        observability.metrics().watch(imports);
        observability.metrics().watch(webhooks);
        parts.push(imports.feed()); // who follows it is let go before the server waits for requests to end
        parts.push(readiness::end); // so it is the first to know
        url = Optional.of(address);
    }

    /** Any number of servers may keep what they have in one bucket. */
    private boolean isShared() {
        return configuration.storage().s3().isPresent();
    }

    private Leases leases(ObjectStore store) throws IOException {
        if (!isShared()) {
            return LocalLeases.over(store);
        }
        return part(SharedLeases.start(store, StoreLayout.LEASES, configuration.replicas()));
    }

    private void startHousekeeping(ContentStore content, ImportJobs imports, Turns turns, RegistryEvents events)
            throws IOException {
        Housekeeping housekeeping = part(Housekeeping.start(
                content,
                new RetentionEvents(events, Optional.empty()),
                imports::forgetEnded,
                turns,
                configuration.uploads(),
                configuration.garbage()));
        watch.onChange("uploads", Configuration::uploads, housekeeping::set);
        watch.onChange("garbage", Configuration::garbage, housekeeping::set);
    }

    private ImportJobs imports(
            ObjectStore store, Leases leases, SourceOpeners sources, ImageStore images, ImportObserver observer)
            throws IOException {
        ImportLimits limits = configuration.imports();
        return ImportJobs.start(
                store,
                leases,
                images,
                sources,
                data.scratch(),
                clock,
                limits,
                configuration.faces(),
                observer,
                unpackRoom);
    }

    /** Whatever a client names: who is on this host alone may name what is on it. */
    private SourceAccess sourceAccess() throws IOException {
        boolean onlyLoopback = configuration.listen().getAddress().isLoopbackAddress();
        return SourceAccess.with(configuration.downloads(), onlyLoopback);
    }

    private Mirrors mirrors(ObjectStore store, SourceAccess access) throws IOException {
        return Mirrors.start(
                store,
                configuration.mirrors(),
                configuration.registries(),
                access,
                configuration.downloads().patience().stallTimeout(),
                clock);
    }

    private SourceOpeners sources(IncomingFiles incoming, SourceAccess access) {
        DownloadSettings settings = configuration.downloads();
        return new SourceOpeners(
                new HttpDownloader(access, settings.lanes()),
                new RegistryOpener(
                        access,
                        settings.patience(),
                        configuration.registries(),
                        configuration.imports().maxVirtualSizeBytes()),
                new VolumeOpener(configuration.volumes()),
                new UploadedFiles(incoming));
    }

    private DownloadConversions downloadConversions(ImageStore images, ConvertedImages converted) throws IOException {
        return DownloadConversions.start(
                images,
                converted,
                data.downloads(),
                configuration.imports().history().keep(),
                clock);
    }

    private PushedConversions conversions(ContentStore content, Leases leases, ImageStore images) throws IOException {
        long maxVirtualSizeBytes = configuration.imports().maxVirtualSizeBytes();
        return PushedConversions.start(
                content,
                leases,
                images,
                data.conversions(),
                clock,
                configuration.conversions(),
                maxVirtualSizeBytes,
                unpackRoom);
    }

    private Authentication authentication(URI address, ObjectStore store) throws IOException {
        Authentication authentication = Authentication.open(configuration.access(), address, store, clock);
        watch.onChange("access", Configuration::access, changed -> reload(authentication, changed));
        return authentication;
    }

    private static void reload(Authentication authentication, AccessSettings changed) {
        try {
            authentication.reload(changed);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e); // for the watch to log
        }
    }

    /** It reaches the registry as others do, with a token that nobody configures and that never leaves this process. */
    private static MachineHost.RegistryAccess access(HttpServer http, Authentication authentication) {
        return new MachineHost.RegistryAccess(
                urlOf(http),
                _ -> Optional.of(new Credential.BearerToken(authentication.controllerToken())),
                Optional.of(OwnCertificate.trusting(http::certificate)));
    }

    private <T extends AutoCloseable> T part(T part) {
        parts.push(part);
        return part;
    }

    private static URI urlOf(HttpServer http) {
        InetSocketAddress address = http.address();
        String host = address.getAddress().getHostAddress();
        String literal = host.contains(":") ? "[" + host + "]" : host;
        String scheme = http.certificate().isPresent() ? "https" : "http";
        return URI.create(scheme + "://" + literal + ":" + address.getPort());
    }

    /** Where clients on this host reach it. */
    URI url() {
        return url.orElseThrow(() -> new IllegalStateException("not started"));
    }

    /** Stops every part, the last that was started first. Machines go on running. */
    @Override
    public synchronized void close() {
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                LOG.atWarn()
                        .addKeyValue("part", part.getClass().getSimpleName())
                        .setCause(e)
                        .log("did not stop cleanly");
            }
        }
    }
}
