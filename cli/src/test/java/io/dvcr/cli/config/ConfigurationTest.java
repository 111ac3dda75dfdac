package io.dvcr.cli.config;

import static io.dvcr.cli.config.Sources.faults;
import static io.dvcr.cli.config.Sources.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.dvcr.importers.image.FaceSettings;
import io.dvcr.importers.job.ConversionSettings;
import io.dvcr.importers.job.ImportHistory;
import io.dvcr.importers.job.ImportLimits;
import io.dvcr.importers.mirror.MirrorSettings;
import io.dvcr.importers.registry.RegistrySettings;
import io.dvcr.importers.source.Backoff;
import io.dvcr.importers.source.DownloadPatience;
import io.dvcr.importers.source.DownloadSettings;
import io.dvcr.importers.source.Lanes;
import io.dvcr.registry.api.ImageUploadSettings;
import io.dvcr.registry.auth.AccessSettings;
import io.dvcr.registry.auth.LoginLimits;
import io.dvcr.registry.event.WebhookSettings;
import io.dvcr.registry.http.HttpSettings;
import io.dvcr.registry.http.LoadLimits;
import io.dvcr.registry.http.TransferLimits;
import io.dvcr.registry.observe.MetricsSettings;
import io.dvcr.registry.oci.OciSettings;
import io.dvcr.storage.content.GarbageSettings;
import io.dvcr.storage.content.ScrubSettings;
import io.dvcr.storage.content.UploadSettings;
import io.dvcr.storage.lease.LeaseSettings;
import io.dvcr.storage.policy.RepositoryPolicies;
import io.dvcr.virt.libvirt.Networking;
import io.dvcr.virt.runtime.AcceleratorRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ConfigurationTest {
    private static final Configuration DEFAULTS = new Configuration(
            ListenAddress.parse("127.0.0.1:5000"),
            false,
            new HttpSettings(
                    new LoadLimits(10_000, 1024, Duration.ofSeconds(10), 512, 128),
                    new TransferLimits(
                            Duration.ofSeconds(30),
                            Duration.ofSeconds(75),
                            Duration.ofSeconds(60),
                            1024,
                            Duration.ofHours(24)),
                    8 * 1024,
                    32 * 1024,
                    List.of(),
                    Duration.ofSeconds(30)),
            Optional.empty(),
            Path.of("/var/lib/dvcr"),
            new StorageSettings(64L << 20, Optional.empty()),
            new LeaseSettings(Duration.ofSeconds(10)),
            new OciSettings(5L << 40, 4 << 20, 1000, List.of()),
            new AccessSettings(
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    Optional.empty(),
                    Duration.ofMinutes(5),
                    new LoginLimits(10, Duration.ofMinutes(1))),
            new UploadSettings(Duration.ofDays(7)),
            new ImageUploadSettings(Duration.ofHours(24), Set.of()),
            new GarbageSettings(Duration.ofHours(1), Duration.ofHours(24)),
            new ScrubSettings(Duration.ofDays(7), 16L << 20),
            new RepositoryPolicies(List.of(), List.of(), List.of()),
            new ImportLimits(2, 1000, 16L << 40, Duration.ofHours(4), new ImportHistory(Duration.ofDays(30), 10_000)),
            new FaceSettings(true, 32L << 30),
            new DownloadSettings(
                    new DownloadPatience(
                            Duration.ofSeconds(60),
                            1024,
                            new Backoff(6, Duration.ofMillis(500), Duration.ofSeconds(30)),
                            Duration.ofMinutes(5)),
                    new Lanes(4, 32 << 20),
                    List.of(),
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()),
            new RegistrySettings(Optional.empty(), List.of(), List.of()),
            new MirrorSettings(100L << 30, List.of(), List.of()),
            List.of(),
            new ConversionSettings(true, 1, Duration.ofHours(4)),
            20L << 30,
            64L << 20,
            new WebhookSettings(
                    "/dvcr", Duration.ofSeconds(10), Duration.ofMinutes(5), Duration.ofDays(3), 10_000, List.of()),
            new MetricsSettings(false),
            new HostedMachines(
                    true,
                    "qemu:///system",
                    AcceleratorRequest.AUTO,
                    new Networking.User(),
                    HostedMachines.VolumeKind.FILE,
                    Duration.ofSeconds(5),
                    Duration.ofMinutes(1),
                    4));

    @Test
    void the_defaults_are_these() throws ConfigurationException {
        assertThat(read("").value()).isEqualTo(DEFAULTS);
    }

    @Test
    void users_other_than_root_have_their_own_directories_and_libvirt() throws ConfigurationException {
        ServerUser user = new ServerUser("ann", Path.of("/home/ann"), "", "");
        assertThat(user.configurationFile()).isEqualTo(Path.of("/home/ann/.config/dvcr/dvcr.yaml"));
        Configuration configuration = new ConfigurationSource(
                        user.configurationFile(), false, Map.of(), List.of(), user, Path.of("/work"))
                .read("")
                .value();
        assertThat(configuration.data()).isEqualTo(Path.of("/home/ann/.local/share/dvcr"));
        assertThat(configuration.machines().libvirt()).isEqualTo("qemu:///session");

        ServerUser moved = new ServerUser("ann", Path.of("/home/ann"), "/conf", "/data");
        assertThat(moved.configurationFile()).isEqualTo(Path.of("/conf/dvcr/dvcr.yaml"));
        assertThat(moved.dataDirectory()).isEqualTo(Path.of("/data/dvcr"));
    }

    @Test
    void listening_beyond_loopback_must_be_meant() {
        assertThat(faults("listen: 0.0.0.0:5000"))
                .singleElement()
                .asString()
                .startsWith("/etc/dvcr/dvcr.yaml:1: listen: beyond loopback everyone who can connect")
                .contains("insecureAnonymous: true", "--insecure-anonymous");
        assertThat(faults(Sources.of(Map.of("DVCR_LISTEN", "[::]:80")), ""))
                .singleElement()
                .asString()
                .startsWith("$DVCR_LISTEN: listen: ");
        assertThatCode(() -> read("listen: 0.0.0.0:5000\ninsecureAnonymous: true"))
                .doesNotThrowAnyException();
        assertThatCode(() -> read("""
                        listen: 0.0.0.0:5000
                        access: {rules: [{subjects: [anonymous], actions: [pull]}]}
                        """)).doesNotThrowAnyException();
    }

    @Test
    void every_variable_sets_one_key() throws ConfigurationException {
        List<Setting> settings = Settings.documented(read("").root());
        assertThat(settings.stream().flatMap(setting -> setting.variable().stream()))
                .doesNotHaveDuplicates()
                .isNotEmpty();
    }

    @Test
    void what_is_shown_is_read_as_the_same_configuration() throws ConfigurationException {
        LoadedConfiguration configuration = read("""
                data: a directory with "quotes"
                garbage: {grace: 90m, interval: 1500ms}
                converted: {maxSize: 12345}
                """);
        assertThat(configuration.toYaml()).contains("grace: 90m  # /etc/dvcr/dvcr.yaml:2");
        assertThat(read(configuration.toYaml()).value()).isEqualTo(configuration.value());
    }
}
