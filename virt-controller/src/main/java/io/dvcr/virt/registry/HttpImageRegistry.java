package io.dvcr.virt.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.converters.format.ImageFormat;
import io.dvcr.importers.registry.RegistryClient;
import io.dvcr.importers.registry.RegistryCredentials;
import io.dvcr.importers.transfer.DiskPush;
import io.dvcr.storage.Digest;
import io.dvcr.storage.ImageReference;
import io.dvcr.virt.api.DataSource;
import io.dvcr.virt.api.DataSource.Checksum;
import io.dvcr.virt.runtime.ImageDescription;
import io.dvcr.virt.runtime.ImageRegistry;
import io.dvcr.virt.runtime.Transfer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;
import javax.net.ssl.SSLContext;

/** A DVCR registry, over HTTP. Thread-safe. */
public final class HttpImageRegistry implements ImageRegistry {
    private static final String IMAGES = "/api/v1/images/";
    private static final String IMPORTS = "/api/v1/imports";
    private static final String UPLOADS = "/api/v1/uploads";

    /** Those of docs/api.md, "Why imports fail", that may be otherwise in a while. */
    private static final Set<String> PASSING =
            Set.of("SOURCE_UNREACHABLE", "SOURCE_HTTP_STATUS", "SOURCE_CHANGED", "STORAGE_FULL", "INTERNAL");

    private final URI registry;
    private final RegistryApi api;
    private final RegistryClient client;

    /**
     * @param registry where it is for this process and for whoever uploads
     * @param tls whom to trust where it speaks TLS; empty for whom Java does
     */
    public HttpImageRegistry(URI registry, RegistryCredentials credentials, Optional<SSLContext> tls) {
        this.registry = registry;
        this.api = new RegistryApi(registry, credentials, tls);
        this.client = new RegistryClient(registry, credentials, tls);
    }

    @Override
    public Optional<StoredImage> find(String reference) throws IOException {
        Optional<JsonNode> found = api.find(path(reference));
        if (found.isEmpty() || !found.get().path("state").asText("Ready").equals("Ready")) {
            return Optional.empty();
        }
        JsonNode image = found.get();
        ImageDescription description = new ImageDescription(
                reference,
                Digest.parse(image.path("digest").asText()),
                image.path("virtualSize").asLong(),
                image.path("cdrom").asBoolean());
        return Optional.of(new StoredImage(
                description,
                image.path("storedSize").asLong(),
                image.path("format").asText()));
    }

    @Override
    public Optional<String> ownImage(String image) {
        int slash = image.indexOf('/');
        String host = slash < 0 ? "" : image.substring(0, slash);
        boolean isHost = host.contains(".") || host.contains(":") || host.equals("localhost");
        if (!isHost) {
            return Optional.of(image);
        }
        boolean isOwn = host.equals(registry.getAuthority()) || host.equals("localhost:" + registry.getPort());
        return isOwn ? Optional.of(image.substring(slash + 1)) : Optional.empty();
    }

    @Override
    public String beginImport(String target, DataSource source) throws IOException {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.put("target", target);
        ObjectNode from = request.putObject("source");
        source.http().ifPresent(http -> {
            ObjectNode json = from.putObject("http").put("url", http.url());
            http.checksum().flatMap(HttpImageRegistry::strongest).ifPresent(checksum -> json.set("checksum", checksum));
        });
        source.containerImage().ifPresent(image -> from.putObject("registry").put("image", image.image()));
        return IMPORTS + "/" + api.post(IMPORTS, request).path("id").asText();
    }

    @Override
    public String beginUpload(String target, Optional<Checksum> checksum) throws IOException {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.put("target", target);
        checksum.flatMap(HttpImageRegistry::strongest).ifPresent(wanted -> request.set("checksum", wanted));
        return URI.create(api.post(UPLOADS, request).path("url").asText()).getPath();
    }

    /** The registry checks one of them: the strongest. */
    private static Optional<JsonNode> strongest(Checksum checksum) {
        return named("sha512", checksum.sha512())
                .or(() -> named("sha256", checksum.sha256()))
                .or(() -> named("sha1", checksum.sha1()))
                .or(() -> named("md5", checksum.md5()));
    }

    private static Optional<JsonNode> named(String algorithm, Optional<String> hex) {
        return hex.map(digits -> JsonNodeFactory.instance.objectNode().put(algorithm, digits.toLowerCase(Locale.ROOT)));
    }

    @Override
    public Transfer transfer(String id) throws IOException {
        Optional<JsonNode> found = api.find(id);
        if (found.isEmpty()) {
            return new Transfer.None();
        }
        if (!id.startsWith(UPLOADS)) {
            return transferOf(found.get());
        }
        JsonNode job = found.get().path("import");
        return job.isObject() ? transferOf(job) : new Transfer.AwaitingUpload("curl -T FILE " + registry.resolve(id));
    }

    private static Transfer transferOf(JsonNode job) {
        JsonNode progress = job.path("progress");
        long received = progress.path("bytesReceived").asLong();
        return switch (job.path("phase").asText()) {
            case "Pending" -> new Transfer.Queued();
            case "Running" ->
                new Transfer.Running(
                        progress.path("percent").asInt(),
                        received,
                        progress.path("bytesPerSecond").asLong());
            case "Succeeded" -> new Transfer.Succeeded(received, seconds(job));
            case "Cancelled" -> new Transfer.Failed("CANCELLED", "the import was cancelled", false, begun(job));
            default -> {
                String code = job.path("error").path("code").asText("INTERNAL");
                yield new Transfer.Failed(
                        code, job.path("error").path("message").asText(""), PASSING.contains(code), begun(job));
            }
        };
    }

    private static Instant begun(JsonNode job) {
        return Instant.parse(job.path("created").asText());
    }

    /** From when it was asked for to when its image was made; 0 if that is not known. */
    private static double seconds(JsonNode job) {
        String made = job.path("image").path("created").asText("");
        return made.isEmpty()
                ? 0
                : Duration.between(begun(job), Instant.parse(made)).toMillis() / 1000.0;
    }

    @Override
    public void cancel(String id) throws IOException {
        api.delete(id);
    }

    @Override
    public void copy(ImageDescription image, String target) throws IOException {
        new ImageCopy(client, image, ImageReference.parse(target)).run();
    }

    @Override
    public void push(Path disk, String target, IntConsumer percent) throws IOException {
        new DiskPush(
                        client,
                        ImageReference.parse(target),
                        Optional.empty(),
                        Clock.systemUTC(),
                        (passed, total, _) -> percent.accept((int) (100 * passed / Math.max(1, total))))
                .from(disk, Optional.of(ImageFormat.RAW));
    }

    @Override
    public void delete(String reference) throws IOException {
        api.delete(path(reference));
    }

    @Override
    public String url(String reference) {
        return registry.getAuthority() + "/" + reference;
    }

    private static String path(String reference) {
        ImageReference parsed = ImageReference.parse(reference);
        return IMAGES + parsed.repository() + "/" + parsed.reference();
    }
}
