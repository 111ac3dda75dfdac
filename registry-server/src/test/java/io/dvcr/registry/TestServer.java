package io.dvcr.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dvcr.converters.qemu.Account;
import io.dvcr.converters.qemu.QemuImg;
import io.dvcr.converters.qemu.QemuTools;
import io.dvcr.importers.image.ConvertedImages;
import io.dvcr.importers.image.FaceSettings;
import io.dvcr.importers.image.ImageStore;
import io.dvcr.importers.job.ConversionSettings;
import io.dvcr.importers.job.DownloadConversions;
import io.dvcr.importers.job.ImportJobs;
import io.dvcr.importers.job.ImportLimits;
import io.dvcr.importers.job.ImportObserver;
import io.dvcr.importers.job.PushedConversions;
import io.dvcr.importers.mirror.MirrorSettings;
import io.dvcr.importers.mirror.MirroredContent;
import io.dvcr.importers.mirror.Mirrors;
import io.dvcr.importers.registry.RegistryOpener;
import io.dvcr.importers.registry.RegistrySettings;
import io.dvcr.importers.source.AddressPolicy;
import io.dvcr.importers.source.Backoff;
import io.dvcr.importers.source.DownloadPatience;
import io.dvcr.importers.source.HttpDownloader;
import io.dvcr.importers.source.Lanes;
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
import io.dvcr.registry.event.ImportEvents;
import io.dvcr.registry.event.PushedImages;
import io.dvcr.registry.event.RegistryEvents;
import io.dvcr.registry.event.WebhookSettings;
import io.dvcr.registry.event.Webhooks;
import io.dvcr.registry.http.Guard;
import io.dvcr.registry.http.HttpServer;
import io.dvcr.registry.http.HttpSettings;
import io.dvcr.registry.http.Route;
import io.dvcr.registry.observe.MetricsSettings;
import io.dvcr.registry.observe.Observability;
import io.dvcr.registry.observe.OperatorRoutes;
import io.dvcr.registry.observe.Readiness;
import io.dvcr.registry.observe.StoreProbe;
import io.dvcr.registry.observe.TracingSettings;
import io.dvcr.registry.oci.OciRoutes;
import io.dvcr.registry.oci.OciSettings;
import io.dvcr.storage.Digest;
import io.dvcr.storage.content.ContentStore;
import io.dvcr.storage.content.IncomingFiles;
import io.dvcr.storage.content.Manifest;
import io.dvcr.storage.content.StoreLayout;
import io.dvcr.storage.lease.LocalLeases;
import io.dvcr.storage.object.CachedObjectStore;
import io.dvcr.storage.object.FileSystemStore;
import io.dvcr.storage.object.ObjectStore;
import io.dvcr.storage.object.ObservedStore;
import io.dvcr.storage.policy.RepositoryPolicies;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A whole registry over a real file system, listening on a free port of loopback, and a client of it. */
public final class TestServer implements Closeable {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Longer than {@link CachedObjectStore} keeps anything. */
    private static final Duration CACHED_FOR = Duration.ofMillis(1100);

    private static final BodyPublisher NOTHING = BodyPublishers.noBody();

    private final Path directory;
    private final FileSystemStore store;
    private final ContentStore content;
    private final Observability observability;
    private final Webhooks webhooks;
    private final StoreProbe probe;
    private final Readiness readiness;
    private final SourceAccess access;
    private final ImportJobs imports;
    private final ImageUploads uploads;
    private final PushedConversions conversions;
    private final DownloadConversions formats;
    private final Mirrors mirrors;
    private final HttpServer http;
    private final List<Route> routes;
    private final HttpClient client;

    /**
     * What most tests do not care for.
     *
     * @param store given the real one, makes the one that the server uses
     */
    public record Setup(
            HttpSettings http,
            OciSettings oci,
            RepositoryPolicies policies,
            WebhookSettings webhooks,
            TracingSettings tracing,
            ImageUploadSettings uploads,
            long maxUploadBytes,
            UnaryOperator<ObjectStore> store,
            MirrorSettings mirrors) {
        public static final Setup PLAIN = new Setup(
                HttpSettings.DEFAULTS,
                OciSettings.DEFAULTS,
                RepositoryPolicies.DEFAULTS,
                WebhookSettings.DEFAULTS,
                new TracingSettings(Map.of()),
                ImageUploadSettings.DEFAULTS,
                ImportLimits.DEFAULTS.maxVirtualSizeBytes(),
                UnaryOperator.identity(),
                MirrorSettings.DEFAULTS);

        public Setup with(HttpSettings others) {
            return new Setup(others, oci, policies, webhooks, tracing, uploads, maxUploadBytes, store, mirrors);
        }

        public Setup with(OciSettings others) {
            return new Setup(http, others, policies, webhooks, tracing, uploads, maxUploadBytes, store, mirrors);
        }

        public Setup with(RepositoryPolicies others) {
            return new Setup(http, oci, others, webhooks, tracing, uploads, maxUploadBytes, store, mirrors);
        }

        public Setup with(WebhookSettings others) {
            return new Setup(http, oci, policies, others, tracing, uploads, maxUploadBytes, store, mirrors);
        }

        public Setup with(TracingSettings others) {
            return new Setup(http, oci, policies, webhooks, others, uploads, maxUploadBytes, store, mirrors);
        }

        /** @param maxBytes the largest file that may be uploaded */
        public Setup with(ImageUploadSettings others, long maxBytes) {
            return new Setup(http, oci, policies, webhooks, tracing, others, maxBytes, store, mirrors);
        }

        public Setup with(UnaryOperator<ObjectStore> others) {
            return new Setup(http, oci, policies, webhooks, tracing, uploads, maxUploadBytes, others, mirrors);
        }

        public Setup with(MirrorSettings others) {
            return new Setup(http, oci, policies, webhooks, tracing, uploads, maxUploadBytes, store, others);
        }
    }

    /** @param more endpoints, besides those of every registry */
    private TestServer(Path directory, QemuTools qemu, Setup setup, List<Route> more) throws IOException {
        this.directory = directory;
        Clock clock = Clock.systemUTC();
        observability = Observability.start(setup.tracing(), "test", clock);
        store = FileSystemStore.open(directory.resolve("store"));
        ObjectStore observed = new ObservedStore(setup.store().apply(store), observability.store());
        ObjectStore cached = CachedObjectStore.over(observed, StoreLayout::isRecord);
        content = ContentStore.over(cached, setup::policies, clock);
        webhooks = Webhooks.start(
                cached,
                LocalLeases.over(cached),
                setup.webhooks(),
                clock,
                observability.metrics().deliveries());
        DownloadPatience patience =
                new DownloadPatience(Duration.ofSeconds(5), new Backoff(2, Duration.ofMillis(1), Duration.ofMillis(1)));
        access = new SourceAccess(new AddressPolicy(true), patience);
        mirrors = Mirrors.start(
                cached, setup.mirrors(), RegistrySettings.DEFAULTS, access, patience.stallTimeout(), clock);
        ImageStore images = new ImageStore(content, new MirroredContent(mirrors), ImageStore.DEFAULT_CHUNK_CACHE_BYTES);
        ImportLimits limits = ImportLimits.DEFAULTS;
        IncomingFiles incoming = IncomingFiles.in(cached);
        SourceOpeners sources = new SourceOpeners(
                new HttpDownloader(access, Lanes.ONE),
                new RegistryOpener(access, patience, RegistrySettings.DEFAULTS, limits.maxVirtualSizeBytes()),
                new VolumeOpener(List.of()),
                new UploadedFiles(incoming));
        imports = ImportJobs.start(
                cached,
                images,
                sources,
                directory.resolve("scratch"),
                clock,
                limits,
                FaceSettings.DEFAULTS,
                ImportObserver.all(List.of(observability.imports(), new ImportEvents(webhooks))));
        uploads = ImageUploads.start(incoming, images, imports, clock, setup.maxUploadBytes());
        conversions = PushedConversions.start(
                content,
                LocalLeases.over(cached),
                images,
                directory.resolve("pushed"),
                clock,
                ConversionSettings.DEFAULTS,
                limits.maxVirtualSizeBytes(),
                new UnpackRoom());
        RegistryEvents events = RegistryEvents.all(List.of(new PushedImages(conversions), webhooks));
        ConvertedImages converted = ConvertedImages.in(
                directory.resolve("converted"), 1L << 30, images, new QemuImg(qemu, QemuImg.DEFAULT_LIMITS));
        http = HttpServer.start(
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0),
                setup.http(),
                Optional.empty(),
                observability.requests());
        probe = new StoreProbe(cached, clock, Duration.ofSeconds(1));
        readiness = new Readiness(probe);
        observability.metrics().watch(content);

        observability.metrics().watch(webhooks);
        observability.metrics().watch(imports);
        routes = new ArrayList<>(more);
        observability.metrics().watch(mirrors);
        routes.addAll(OciRoutes.over(content, mirrors, setup.oci(), events));
        routes.addAll(ApiRoutes.over(images, converted, imports, conversions, content.garbage(), events));
        formats = DownloadConversions.start(
                images,
                converted,
                directory.resolve("downloads"),
                limits.history().keep(),
                clock);
        routes.addAll(ConversionEndpoint.routes(images, formats));
        routes.addAll(ImageUploadRoutes.over(uploads, imports, setup::uploads, _ -> url("")));
        routes.addAll(MirrorsEndpoint.routes(mirrors));
        routes.addAll(RepositoryRoutes.over(content, events));
        routes.addAll(OperatorRoutes.over(observability.metrics(), readiness, MetricsSettings.DEFAULTS));
        http.route(Guard.NONE, routes);
        client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    public static TestServer start(Path directory, QemuTools qemu, Route... more) throws IOException {
        return start(directory, qemu, HttpSettings.DEFAULTS, more);
    }

    public static TestServer start(Path directory, QemuTools qemu, OciSettings settings, RepositoryPolicies policies)
            throws IOException {
        return new TestServer(directory, qemu, Setup.PLAIN.with(settings).with(policies), List.of());
    }

    public static TestServer start(Path directory, QemuTools qemu, HttpSettings settings, Route... more)
            throws IOException {
        return new TestServer(directory, qemu, Setup.PLAIN.with(settings), List.of(more));
    }

    /** One that does without qemu. */
    public static TestServer start(Path directory, Setup setup, Route... more) throws IOException {
        Path nowhere = Path.of("/no/such/qemu");
        return new TestServer(directory, new QemuTools(nowhere, new Account.Own()), setup, List.of(more));
    }

    public HttpServer http() {
        return http;
    }

    public Readiness readiness() {
        return readiness;
    }

    /** Has {@code guard} say who may do what from now on. */
    public void guard(Guard guard, List<Route> more) {
        routes.addAll(more);
        http.route(guard, routes);
    }

    public FileSystemStore store() {
        return store;
    }

    public ContentStore content() {
        return content;
    }

    public InetSocketAddress address() {
        return http.address();
    }

    public URI url(String path) {
        return URI.create("http://127.0.0.1:" + address().getPort() + path);
    }

    /** A request without a body; {@code headers} are names and values by turns. */
    public HttpResponse<byte[]> send(String method, String path, String... headers) throws IOException {
        return send(method, path, NOTHING, headers);
    }

    public HttpResponse<byte[]> send(String method, String path, byte[] body, String... headers) throws IOException {
        return send(method, path, BodyPublishers.ofByteArray(body), headers);
    }

    public HttpResponse<byte[]> send(String method, String path, BodyPublisher body, String... headers)
            throws IOException {
        return send(client, request(method, path, body, headers));
    }

    /** The reply to a request, whose body is read as it comes. */
    public HttpResponse<InputStream> open(String method, String path, String... headers) throws IOException {
        return send(client, request(method, path, BodyPublishers.noBody(), headers), BodyHandlers.ofInputStream());
    }

    private HttpRequest request(String method, String path, BodyPublisher body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(url(path)).method(method, body);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return request.build();
    }

    public static HttpResponse<byte[]> send(HttpClient client, HttpRequest request) throws IOException {
        return send(client, request, BodyHandlers.ofByteArray());
    }

    private static <T> HttpResponse<T> send(HttpClient client, HttpRequest request, BodyHandler<T> handler)
            throws IOException {
        try {
            return client.send(request, handler);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    public HttpResponse<byte[]> get(String path, String... headers) throws IOException {
        return send("GET", path, headers);
    }

    /** Stores {@code content} in {@code repository}. */
    public Digest pushBlob(String repository, byte[] bytes) throws IOException {
        Digest digest = Digest.sha256(bytes);
        HttpResponse<byte[]> reply = send("POST", "/v2/" + repository + "/blobs/uploads/?digest=" + digest, bytes);
        assertThat(reply.statusCode()).isEqualTo(201);
        return digest;
    }

    public HttpResponse<byte[]> putManifest(String repository, Object reference, String json) throws IOException {
        return put(repository, reference, Manifest.OCI_MANIFEST, json);
    }

    public HttpResponse<byte[]> putIndex(String repository, Object reference, String json) throws IOException {
        return put(repository, reference, Manifest.OCI_INDEX, json);
    }

    private HttpResponse<byte[]> put(String repository, Object reference, String mediaType, String json)
            throws IOException {
        return send(
                "PUT",
                "/v2/" + repository + "/manifests/" + reference,
                json.getBytes(UTF_8),
                "Content-Type",
                mediaType);
    }

    /** Stores an empty index that {@code note} makes unlike others: the smallest of all manifests. */
    public Digest pushManifest(String repository, Object reference, String note) throws IOException {
        String json = index(note);
        HttpResponse<byte[]> reply = putIndex(repository, reference, json);
        assertThat(reply.statusCode()).as(text(reply)).isEqualTo(201);
        return Digest.sha256(json.getBytes(UTF_8));
    }

    /** Makes everything that is stored as old as {@code age}. */
    public void makeOld(Duration age) throws IOException {
        FileTime then = FileTime.from(Instant.now().minus(age));
        try (Stream<Path> files = Files.walk(directory.resolve("store"))) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                Files.setLastModifiedTime(file, then);
            }
        }
        forget();
    }

    /** Waits until the server remembers nothing: what is changed behind its back it does not see. */
    private static void forget() {
        try {
            Thread.sleep(CACHED_FOR);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Makes {@code disk} the image {@code target}, by an import, and returns the job as it ended. */
    public JsonNode importDisk(String target, byte[] disk) throws IOException {
        try (FileServer source = FileServer.serving(disk)) {
            HttpResponse<byte[]> reply = requestImport(target, source.url());
            assertThat(reply.statusCode()).as(text(reply)).isEqualTo(202);
            return awaitImport(header(reply, "Location"));
        }
    }

    /** Asks for the image {@code target} to be made of what lies at {@code source}. */
    public HttpResponse<byte[]> requestImport(String target, URI source) throws IOException {
        String request = "{\"target\":\"%s\",\"source\":{\"http\":{\"url\":\"%s\"}}}".formatted(target, source);
        return send("POST", "/api/v1/imports", request.getBytes(UTF_8));
    }

    /** The import at {@code path}, once it has ended. */
    public JsonNode awaitImport(String path) throws IOException {
        while (true) {
            JsonNode job = json(get(path));
            if (Set.of("Succeeded", "Failed", "Cancelled")
                    .contains(job.path("phase").asText())) {
                return job;
            }
            pause();
        }
    }

    public static void pause() {
        try {
            Thread.sleep(5);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    public static String index(String note) {
        return "{\"schemaVersion\":2,\"manifests\":[],\"annotations\":{\"note\":\"%s\"}}".formatted(note);
    }

    public static String text(HttpResponse<byte[]> reply) {
        return new String(reply.body(), UTF_8);
    }

    public static JsonNode json(HttpResponse<byte[]> reply) throws IOException {
        return JSON.readTree(reply.body());
    }

    public static String header(HttpResponse<?> reply, String name) {
        return reply.headers().firstValue(name).orElse("(none)");
    }

    /** That {@code reply} is the error JSON of the OCI distribution specification. */
    public static void assertOciError(HttpResponse<byte[]> reply, int status, String code) throws IOException {
        assertThat(reply.statusCode()).as(text(reply)).isEqualTo(status);
        assertThat(header(reply, "Content-Type")).isEqualTo("application/json");
        JsonNode errors = json(reply).path("errors");
        assertThat(errors.size()).isEqualTo(1);
        assertThat(errors.path(0).path("code").asText()).isEqualTo(code);
        assertThat(errors.path(0).path("message").asText()).isNotEmpty().doesNotContain("Exception", "io.dvcr");
    }

    /** That {@code reply} is problem details of RFC 9457. */
    public static void assertProblem(HttpResponse<byte[]> reply, int status, String detail) throws IOException {
        assertThat(reply.statusCode()).as(text(reply)).isEqualTo(status);
        assertThat(header(reply, "Content-Type")).isEqualTo("application/problem+json");
        JsonNode problem = json(reply);
        assertThat(problem.path("type").asText()).isEqualTo("about:blank");
        assertThat(problem.path("status").asInt()).isEqualTo(status);
        assertThat(problem.path("title").asText()).isNotEmpty();
        assertThat(problem.path("detail").asText()).contains(detail).doesNotContain("Exception", "io.dvcr");
    }

    @Override
    public void close() throws IOException {
        client.close();
        imports.feed().close();
        http.close();
        formats.close();
        conversions.close();
        uploads.close();
        imports.close();
        mirrors.close();
        access.close();
        webhooks.close();
        probe.close();
        store.close();
        observability.close();
    }
}
