package io.dvcr.importers.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.dvcr.converters.disk.DiskManifest;
import io.dvcr.importers.RealQemu;
import io.dvcr.importers.image.ImageListing;
import io.dvcr.importers.image.TestRegistry;
import io.dvcr.importers.unpack.Tar;
import io.dvcr.importers.unpack.UnpackRoom;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.content.Derivation;
import io.dvcr.storage.content.Derivation.Phase;
import io.dvcr.storage.content.Manifest;
import io.dvcr.storage.content.StoredManifest;
import io.dvcr.storage.lease.LocalLeases;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients push as it is becomes images, with a real qemu-nbd. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ConversionsIT {
    private static final RepositoryName VMS = new RepositoryName("vms/debian");
    private static final Tag TWELVE = new Tag("12");
    private static final byte[] DISK = disk();

    @TempDir
    private Path directory;

    private TestRegistry registry;
    private PushedConversions conversions;

    @BeforeEach
    void open() throws IOException {
        registry = TestRegistry.in(directory.resolve("store"));
        conversions = start(ConversionSettings.DEFAULTS);
    }

    @AfterEach
    void close() throws IOException {
        conversions.close();
        assertThat(directory.resolve("scratch")).isEmptyDirectory();
        registry.close();
    }

    private PushedConversions start(ConversionSettings settings) throws IOException {
        return PushedConversions.start(
                registry.content(),
                LocalLeases.over(registry.store()),
                registry.images(),
                directory.resolve("scratch"),
                Clock.systemUTC(),
                settings,
                1L << 40,
                new UnpackRoom());
    }

    private static byte[] disk() {
        byte[] disk = new byte[4 << 20];
        new Random(1).nextBytes(disk);
        Arrays.fill(disk, 1 << 20, 3 << 20, (byte) 0);
        return disk;
    }

    private byte[] qcow2(String... options) throws IOException {
        return Files.readAllBytes(RealQemu.qcow2(DISK, directory.resolve("disk.qcow2"), options));
    }

    /** Stores an artifact of one file as oras would. */
    private Digest store(String title, byte[] file) throws IOException {
        return store("application/vnd.oci.empty.v1+json", "application/vnd.oci.image.layer.v1.tar", title, file);
    }

    private Digest storeContainer(byte[] layer) throws IOException {
        return store(
                "application/vnd.oci.image.config.v1+json", "application/vnd.oci.image.layer.v1.tar+zstd", "", layer);
    }

    private Digest store(String configType, String layerType, String title, byte[] layer) throws IOException {
        byte[] config = "{}".getBytes(UTF_8);
        registry.content().blobs().put(VMS, Digest.sha256(config), ByteBuffer.wrap(config));
        registry.content().blobs().put(VMS, Digest.sha256(layer), ByteBuffer.wrap(layer));
        String annotations =
                title.isEmpty() ? "" : ",\"annotations\":{\"org.opencontainers.image.title\":\"" + title + "\"}";
        String json = """
                {"schemaVersion":2,"mediaType":"%s",
                 "config":{"mediaType":"%s","digest":"%s","size":2},
                 "layers":[{"mediaType":"%s","digest":"%s","size":%d%s}]}""".formatted(
                        Manifest.OCI_MANIFEST,
                        configType,
                        Digest.sha256(config),
                        layerType,
                        Digest.sha256(layer),
                        layer.length,
                        annotations);
        byte[] content = json.getBytes(UTF_8);
        Digest digest = Digest.sha256(content);
        registry.content()
                .manifests()
                .put(VMS, new StoredManifest(digest, Manifest.OCI_MANIFEST, content), List.of(TWELVE));
        return digest;
    }

    private Digest push(String title, byte[] file) throws IOException {
        Digest digest = store(title, file);
        conversions.pushed(VMS, digest);
        return digest;
    }

    private Optional<Derivation> derivation(Digest manifest) throws IOException {
        return registry.content().derivations().find(VMS, manifest);
    }

    /** Waits for the end of the conversion; empty if there is none. */
    private Optional<Derivation> ended(Digest manifest) throws IOException {
        Optional<Derivation> now = derivation(manifest);
        while (now.filter(one -> one.phase() == Phase.PENDING).isPresent()) {
            pause();
            now = derivation(manifest);
        }
        return now;
    }

    private static void pause() {
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private void assertConverted(Digest pushed) throws IOException {
        Derivation ended = ended(pushed).orElseThrow();
        assertThat(ended.fault()).isEmpty();
        assertThat(ended.phase()).isEqualTo(Phase.READY);
        assertThat(registry.disk("vms/debian:12")).isEqualTo(DISK);
    }

    private String fault(Digest pushed) throws IOException {
        Derivation ended = ended(pushed).orElseThrow();
        assertThat(ended.phase()).isEqualTo(Phase.FAILED);
        assertThat(registry.find("vms/debian:12")).isEmpty();
        return ended.fault().orElseThrow().code();
    }

    private List<String> referrers(Digest subject) throws IOException {
        return registry
                .content()
                .referrers()
                .list(VMS, subject, Optional.of(DiskManifest.ARTIFACT_TYPE), Optional.empty(), 100)
                .descriptors()
                .stream()
                .map(descriptor -> descriptor.path("digest").asText())
                .toList();
    }

    @Test
    void a_qcow2_is_read_where_it_is_stored() throws IOException {
        Files.delete(directory.resolve("scratch")); // so there is no room for a copy
        assertConverted(push("debian.qcow2", qcow2()));
        Files.createDirectory(directory.resolve("scratch"));
    }

    @Test
    void a_qcow2_becomes_a_disk_that_refers_to_it() throws IOException {
        Digest pushed = push("debian.qcow2", qcow2());
        assertConverted(pushed);

        ImageListing listing = registry.images().listing(VMS, TWELVE).orElseThrow();
        assertThat(listing.manifest()).isEqualTo(pushed);
        assertThat(listing.image().orElseThrow().format()).isEqualTo("qcow2");
        assertThat(referrers(pushed))
                .containsExactly(listing.image().orElseThrow().digest().toString());
    }

    @Test
    void a_qcow2_is_known_by_its_bytes_whatever_it_is_called() throws IOException {
        assertConverted(push("thing", qcow2("-c")));
    }

    @Test
    void a_raw_disk_streams_from_its_blob() throws IOException {
        assertConverted(push("debian.img", DISK));
    }

    @Test
    void a_packed_disk_is_unpacked() throws IOException {
        byte[] compressed = Zstd.compress(DISK);
        assertConverted(push("debian.raw.zst", compressed));
        assertConverted(push("twice.raw.zst", Zstd.compress(compressed)));
        assertConverted(push(
                "debian.ova",
                new Tar().file("a.ovf", new byte[9]).file("a.vmdk", qcow2()).end()));
        assertThat(fault(push("thrice.raw.zst", Zstd.compress(Zstd.compress(compressed)))))
                .isEqualTo("COMPRESSION_NESTED");
    }

    @Test
    void a_container_disk_is_read_in_its_tar() throws IOException {
        byte[] tar =
                new Tar().directory("disk/").file("disk/debian.qcow2", qcow2()).end();
        Digest pushed = storeContainer(Zstd.compress(tar));
        conversions.pushed(VMS, pushed);
        assertConverted(pushed);
    }

    @Test
    void an_ordinary_image_is_left_alone() throws IOException {
        Digest container =
                storeContainer(Zstd.compress(new Tar().file("bin/sh", DISK).end()));
        conversions.pushed(VMS, container);
        assertThat(ended(container)).isEmpty();
        assertThat(registry.images().listing(VMS, TWELVE)).isEmpty();
        assertThat(ended(push("README", "hello".getBytes(UTF_8)))).isEmpty();
    }

    @Test
    void what_is_hostile_or_not_supported_says_why_and_stays_an_ordinary_artifact() throws IOException {
        Path backed = directory.resolve("backed.qcow2");
        Path secret = Files.write(directory.resolve("secret"), new byte[1 << 20]);
        RealQemu.run("qemu-img", "create", "-q", "-f", "qcow2", "-b", secret, "-F", "raw", backed);
        Digest hostile = push("debian", Files.readAllBytes(backed));
        assertThat(fault(hostile)).isEqualTo("QCOW2_BACKING_FILE");
        assertThat(registry.content().manifests().find(VMS, new Reference.ByTag(TWELVE)))
                .isPresent();

        assertThat(fault(push("a.img", "KDMV, and more".getBytes(UTF_8)))).isEqualTo("VMDK_TRUNCATED");
        assertThat(fault(push("a.img", new byte[0]))).isEqualTo("IMAGE_EMPTY");
        byte[] tar = new Tar().entry("disk/link", '2', new byte[0]).end();
        Digest link = storeContainer(Zstd.compress(tar));
        conversions.pushed(VMS, link);
        assertThat(fault(link)).isEqualTo("TAR_LINK");
        assertThat(referrers(link)).isEmpty();
    }

    @Test
    void what_takes_too_long_is_given_up_and_tried_again_when_it_is_pushed_again() throws IOException {
        conversions.close();
        conversions = start(new ConversionSettings(true, 1, Duration.ofNanos(1)));
        Digest pushed = push("debian.img.zst", Zstd.compress(DISK));
        assertThat(fault(pushed)).isEqualTo("SOURCE_TOO_SLOW");

        conversions.close();
        conversions = start(ConversionSettings.DEFAULTS);
        conversions.pushed(VMS, pushed);
        assertConverted(pushed);
    }

    @Test
    void what_was_stored_and_not_begun_is_done_after_a_restart() throws IOException {
        conversions.close();
        Digest pushed = store("debian.qcow2", qcow2());
        registry.content().derivations().put(VMS, pushed, Derivation.pending(TestRegistry.NOON));
        conversions = start(ConversionSettings.DEFAULTS);
        assertConverted(pushed);
    }

    @Test
    void a_crash_before_the_end_was_stored_makes_no_second_disk() throws IOException {
        Digest pushed = push("debian.qcow2", qcow2());
        assertConverted(pushed);
        Derivation ready = derivation(pushed).orElseThrow();
        conversions.close();
        Derivation announced =
                Derivation.pending(ready.begun()).announcing(ready.derived().orElseThrow());
        registry.content().derivations().put(VMS, pushed, announced);

        conversions = start(ConversionSettings.DEFAULTS);
        assertConverted(pushed);
        assertThat(derivation(pushed)).contains(ready);
        assertThat(referrers(pushed)).hasSize(1);
    }

    @Test
    void the_disk_goes_with_what_it_was_made_of() throws IOException {
        Digest pushed = push("debian.qcow2", qcow2());
        assertConverted(pushed);
        Digest disk = derivation(pushed).orElseThrow().derived().orElseThrow();
        registry.content().removals().delete(VMS, pushed);

        assertThat(registry.images().contains(VMS, disk)).isFalse();
        assertThat(derivation(pushed)).isEmpty();
        registry.content().garbage().collect(Duration.ZERO, false);
        registry.content().garbage().collect(Duration.ZERO, false);
        assertThat(registry.content().catalog().contains(VMS)).isFalse();
    }

    @Test
    void garbage_collection_keeps_the_disk_while_its_subject_is_there() throws IOException {
        Digest pushed = push("debian.qcow2", qcow2());
        assertConverted(pushed);
        for (int i = 0; i < 3; i++) {
            registry.content().garbage().collect(Duration.ZERO, false);
        }
        assertThat(registry.disk("vms/debian:12")).isEqualTo(DISK);
    }

    @Test
    void garbage_collection_finishes_a_deletion_that_a_crash_cut_off() throws IOException {
        Digest pushed = push("debian.qcow2", qcow2());
        assertConverted(pushed);
        Derivation ready = derivation(pushed).orElseThrow();
        Digest disk = ready.derived().orElseThrow();
        StoredManifest manifest = registry.content().manifests().get(VMS, new Reference.ByDigest(disk));
        registry.content().removals().delete(VMS, pushed);
        registry.publish("vms/debian:other", DISK);
        registry.content().manifests().put(VMS, manifest); // as if only the subject's entry had been removed
        registry.content().derivations().put(VMS, pushed, ready);

        registry.content().garbage().collect(Duration.ofHours(1), false);
        assertThat(registry.images().contains(VMS, disk)).isFalse();
        assertThat(derivation(pushed)).isEmpty();
        assertThat(registry.find("vms/debian:other")).isPresent();
    }

    @Test
    void a_disk_that_somebody_tagged_stays() throws IOException {
        Digest pushed = push("debian.qcow2", qcow2());
        assertConverted(pushed);
        Digest disk = derivation(pushed).orElseThrow().derived().orElseThrow();
        StoredManifest manifest = registry.content().manifests().get(VMS, new Reference.ByDigest(disk));
        registry.content().manifests().put(VMS, manifest, List.of(new Tag("mine")));
        registry.content().removals().delete(VMS, pushed);
        assertThat(registry.disk("vms/debian:mine")).isEqualTo(DISK);
    }

    @Test
    void what_is_deleted_while_it_is_converted_leaves_nothing() throws IOException {
        byte[] large = new byte[64 << 20];
        new Random(2).nextBytes(large);
        Digest pushed = push("debian.img", large);
        while (conversions.percent(VMS, pushed) == 0) {
            pause();
        }
        registry.content().removals().delete(VMS, pushed);
        conversions.deleted(VMS, pushed);
        conversions.close();
        conversions = start(ConversionSettings.DEFAULTS);

        assertThat(derivation(pushed)).isEmpty();
        assertThat(referrers(pushed)).isEmpty();
    }

    @Test
    void a_referrer_that_a_client_pushed_is_not_taken_for_the_image() throws IOException {
        Digest readme = store("README", "hello".getBytes(UTF_8));
        registry.publish("vms/debian:evil", DISK);
        StoredManifest faces = registry.content().manifests().get(VMS, new Reference.ByTag(new Tag("evil")));
        Digest disk = faces.parsed().manifests().getFirst().digest();
        StoredManifest evil = registry.content().manifests().get(VMS, new Reference.ByDigest(disk));
        String json = new String(evil.content(), UTF_8)
                .replaceFirst(
                        "\\}$",
                        ",\"subject\":{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":1}}"
                                .formatted(Manifest.OCI_MANIFEST, readme));
        byte[] content = json.getBytes(UTF_8);
        registry.content()
                .manifests()
                .put(VMS, new StoredManifest(Digest.sha256(content), Manifest.OCI_MANIFEST, content));
        assertThat(referrers(readme)).hasSize(1);
        assertThat(registry.find("vms/debian:12")).isEmpty();
    }

    @Test
    void none_is_begun_where_it_is_switched_off() throws IOException {
        conversions.close();
        conversions = start(new ConversionSettings(false, 1, Duration.ofHours(1)));
        assertThat(derivation(push("debian.img", DISK))).isEmpty();
    }
}
