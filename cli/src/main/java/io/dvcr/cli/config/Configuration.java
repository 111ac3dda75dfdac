package io.dvcr.cli.config;

import io.dvcr.importers.image.ConvertedImages;
import io.dvcr.importers.image.FaceSettings;
import io.dvcr.importers.image.ImageStore;
import io.dvcr.importers.job.ConversionSettings;
import io.dvcr.importers.job.ImportHistory;
import io.dvcr.importers.job.ImportLimits;
import io.dvcr.importers.mirror.MirrorSettings;
import io.dvcr.importers.registry.RegistrySettings;
import io.dvcr.importers.source.DownloadSettings;
import io.dvcr.importers.volume.VolumeDirectory;
import io.dvcr.registry.api.ImageUploadSettings;
import io.dvcr.registry.auth.AccessSettings;
import io.dvcr.registry.event.WebhookSettings;
import io.dvcr.registry.http.HttpSettings;
import io.dvcr.registry.http.TlsSettings;
import io.dvcr.registry.observe.MetricsSettings;
import io.dvcr.registry.oci.OciSettings;
import io.dvcr.storage.content.GarbageSettings;
import io.dvcr.storage.content.ScrubSettings;
import io.dvcr.storage.content.UploadSettings;
import io.dvcr.storage.lease.LeaseSettings;
import io.dvcr.storage.policy.RepositoryPolicies;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Everything that an operator can set. The parts are records of the modules that use them.
 *
 * <p>To add a setting:
 *
 * <ol>
 *   <li>Give the module that uses it a public record with {@code DEFAULTS}: {@link Duration} for time, {@code …Bytes}
 *       for sizes, and a constructor that refuses what makes no sense with an {@link IllegalArgumentException} whose
 *       message an operator understands. Make it a component of this record.
 *   <li>Read it in {@link #read} with one method for each section, as {@link #garbage} does: each key by the name of its
 *       component (sizes without {@code Bytes}, since a unit is written with the number), the default from
 *       {@code DEFAULTS}, and bounds that keep an operator from accidents. {@link Section} has all types; use
 *       {@link Section#optionalSection} for what is off unless it is there, {@link Section#sections} for a list of
 *       rules. What takes more than a few keys gets a file of its own, {@code …Section}, beside this one.
 *   <li>Run {@code ConfigurationDocumentTest}: it prints the rows that docs/configuration.md lacks. Add them with what
 *       they mean, and to {@code ConfigurationTest}, which pins the defaults.
 *   <li>Take it in {@code io.dvcr.cli.serve.Server} from {@code configuration}. If it can change while the server runs,
 *       ask {@link ConfigurationWatch#onChange} to be told.
 * </ol>
 *
 * @param insecureAnonymous to listen beyond loopback although everyone who can connect may do everything
 * @param tls empty to speak HTTP without
 * @param data the directory of everything that is kept
 * @param storage where everything that is not made again is kept
 * @param replicas how long servers over one bucket wait for each other
 * @param volumes what of the server's host may be imported
 * @param convertedBytes how much of converted images is kept
 * @param chunkCacheBytes how much of images that are read in pieces is remembered
 */
public record Configuration(
        InetSocketAddress listen,
        boolean insecureAnonymous,
        HttpSettings http,
        Optional<TlsSettings> tls,
        Path data,
        StorageSettings storage,
        LeaseSettings replicas,
        OciSettings registry,
        AccessSettings access,
        UploadSettings uploads,
        ImageUploadSettings imageUploads,
        GarbageSettings garbage,
        ScrubSettings scrub,
        RepositoryPolicies repositories,
        ImportLimits imports,
        FaceSettings faces,
        DownloadSettings downloads,
        RegistrySettings registries,
        MirrorSettings mirrors,
        List<VolumeDirectory> volumes,
        ConversionSettings conversions,
        long convertedBytes,
        long chunkCacheBytes,
        WebhookSettings webhooks,
        MetricsSettings metrics,
        HostedMachines machines) {
    private static final InetSocketAddress LOOPBACK = ListenAddress.parse("127.0.0.1:5000");
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final long MIB = 1L << 20;
    private static final long TIB = 1L << 40;

    /** @param user whose defaults hold */
    static Configuration read(Section root, ServerUser user) {
        Configuration configuration = new Configuration(
                root.value("listen", ListenAddress.TYPE, LOOPBACK),
                root.flag("insecureAnonymous", false),
                root.section("http", HttpSettings.DEFAULTS, HttpSection::read),
                root.optionalSection("tls", HttpSection::tls),
                root.path("data", user.dataDirectory()),
                root.section("storage", StorageSettings.DEFAULTS, StorageSection::read),
                root.section("replicas", LeaseSettings.DEFAULTS, Configuration::replicas),
                root.section("registry", OciSettings.DEFAULTS, Configuration::registry),
                root.section("access", AccessSettings.DEFAULTS, AccessSection::read),
                root.section("uploads", UploadSettings.DEFAULTS, Configuration::uploads),
                root.section("imageUploads", ImageUploadSettings.DEFAULTS, Configuration::imageUploads),
                root.section("garbage", GarbageSettings.DEFAULTS, Configuration::garbage),
                root.section("scrub", ScrubSettings.DEFAULTS, Configuration::scrub),
                root.section(
                        "repositories", RepositoryPolicies.DEFAULTS, (section, _) -> RepositoriesSection.read(section)),
                root.section("imports", ImportLimits.DEFAULTS, Configuration::imports),
                root.section("faces", FaceSettings.DEFAULTS, Configuration::faces),
                root.section("downloads", DownloadSettings.DEFAULTS, DownloadsSection::read),
                root.section("registries", RegistrySettings.DEFAULTS, RegistriesSection::read),
                root.section("mirrors", MirrorSettings.DEFAULTS, MirrorsSection::read),
                root.sections("volumes", VolumesSection::read),
                root.section("conversions", ConversionSettings.DEFAULTS, Configuration::conversions),
                root.section("converted", ConvertedImages.DEFAULT_MAX_BYTES, Configuration::converted),
                root.section("images", ImageStore.DEFAULT_CHUNK_CACHE_BYTES, Configuration::images),
                root.section("webhooks", WebhookSettings.DEFAULTS, WebhookSection::read),
                root.section("metrics", MetricsSettings.DEFAULTS, Configuration::metrics),
                root.section("machines", HostedMachines.defaultsFor(user), HostedMachines::read));
        configuration.checkThatStrangersAreKeptOut(root);
        return configuration;
    }

    /** The one place that decides whether a server may listen where others than this host's users can connect. */
    private void checkThatStrangersAreKeptOut(Section root) {
        if (!listen.getAddress().isLoopbackAddress() && !insecureAnonymous && !access.guarded()) {
            root.reject(
                    "listen",
                    "beyond loopback everyone who can connect may do everything; say under access who may do what,"
                            + " or set insecureAnonymous: true (--insecure-anonymous) if that is meant");
        }
    }

    private static LeaseSettings replicas(Section section, LeaseSettings defaults) {
        return new LeaseSettings(section.duration("term", defaults.term(), LeaseSettings.SHORTEST_TERM));
    }

    private static OciSettings registry(Section section, OciSettings defaults) {
        return new OciSettings(
                section.size("maxBlobSize", defaults.maxBlobBytes(), MIB, 1024 * TIB),
                (int) section.size("maxManifestSize", defaults.maxManifestBytes(), MIB, 64 * MIB),
                section.number("pageSize", defaults.pageSize(), 1, 10_000),
                section.values("redirects", ValueType.ADDRESS_RANGE, defaults.redirected()));
    }

    private static UploadSettings uploads(Section section, UploadSettings defaults) {
        return new UploadSettings(section.duration("expireAfter", defaults.expireAfter(), Duration.ofMinutes(1)));
    }

    private static ImageUploadSettings imageUploads(Section section, ImageUploadSettings defaults) {
        return new ImageUploadSettings(
                section.duration("expireAfter", defaults.expireAfter(), Duration.ofMinutes(1)),
                Set.copyOf(section.texts("origins", List.copyOf(defaults.origins()))));
    }

    private static GarbageSettings garbage(Section section, GarbageSettings defaults) {
        return new GarbageSettings(
                section.duration("interval", defaults.interval(), SECOND),
                section.duration("grace", defaults.grace(), Duration.ZERO));
    }

    private static ScrubSettings scrub(Section section, ScrubSettings defaults) {
        return new ScrubSettings(
                section.duration("interval", defaults.interval(), Duration.ofMinutes(1)),
                section.size("rate", defaults.bytesPerSecond(), 64 << 10, TIB));
    }

    private static ImportLimits imports(Section section, ImportLimits defaults) {
        return new ImportLimits(
                section.number("concurrent", defaults.concurrent(), 1, 64),
                section.number("waiting", defaults.waiting(), 1, 100_000),
                section.size("maxVirtualSize", defaults.maxVirtualSizeBytes(), MIB, 16 * TIB),
                section.duration("unpackTimeout", defaults.unpackTimeout(), SECOND),
                new ImportHistory(
                        section.duration("keepEnded", defaults.history().keep(), SECOND),
                        section.number("keepEndedAtMost", defaults.history().atMost(), 0, 1_000_000)));
    }

    private static FaceSettings faces(Section section, FaceSettings defaults) {
        return new FaceSettings(
                section.flag("containerDisk", defaults.containerDisk()),
                section.size("maxContainerDiskSize", defaults.maxContainerDiskBytes(), 0, 16 * TIB));
    }

    private static ConversionSettings conversions(Section section, ConversionSettings defaults) {
        return new ConversionSettings(
                section.flag("enabled", defaults.enabled()),
                section.number("concurrent", defaults.concurrent(), 1, 64),
                section.duration("timeout", defaults.timeout(), SECOND));
    }

    private static long converted(Section section, long defaultBytes) {
        return section.size("maxSize", defaultBytes, 0, 1024 * TIB);
    }

    private static long images(Section section, long defaultBytes) {
        return section.size("chunkCache", defaultBytes, 0, TIB);
    }

    private static MetricsSettings metrics(Section section, MetricsSettings defaults) {
        return new MetricsSettings(section.flag("anonymous", defaults.anonymous()));
    }
}
