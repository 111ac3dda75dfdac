package io.dvcr.converters.disk;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.converters.disk.DiskFormatException.Reason;
import io.dvcr.storage.Digest;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * The OCI image manifest of a disk, section "Manifest". Every instance is well formed.
 *
 * @param packs in the order of the index's pack table
 */
public record DiskManifest(BlobDescriptor config, BlobDescriptor index, List<BlobDescriptor> packs) {
    public static final String MEDIA_TYPE = "application/vnd.oci.image.manifest.v1+json";
    public static final String ARTIFACT_TYPE = "application/vnd.dvcr.disk.v1";
    public static final String CONFIG_TYPE = "application/vnd.dvcr.disk.config.v1+json";
    public static final String INDEX_TYPE = "application/vnd.dvcr.disk.index.v1";
    public static final String PACK_TYPE = "application/vnd.dvcr.disk.pack.v1";

    private static final int MAX_BYTES = 4 << 20;

    public DiskManifest {
        packs = List.copyOf(packs);
        requireType(config, CONFIG_TYPE);
        requireType(index, INDEX_TYPE);
        packs.forEach(pack -> requireType(pack, PACK_TYPE));
    }

    /** The descriptor of a configuration blob. */
    public static BlobDescriptor config(byte[] json) {
        return new BlobDescriptor(CONFIG_TYPE, Digest.sha256(json), json.length);
    }

    /** @throws DiskFormatException if {@code json} is not the manifest of a disk */
    public static DiskManifest parse(byte[] json) throws IOException {
        StrictJson manifest = StrictJson.read(json, MAX_BYTES, Reason.MANIFEST, "manifest");
        StrictJson schemaVersion = manifest.field("schemaVersion");
        schemaVersion.require(schemaVersion.number(2) == 2, "2");
        manifest.field("mediaType").requireString(MEDIA_TYPE);
        manifest.field("artifactType").requireString(ARTIFACT_TYPE);
        StrictJson layers = manifest.field("layers").asArray();
        layers.require(
                layers.size() >= 1 && layers.size() <= 1 + DiskFormat.MAX_PACKS,
                "an index and up to " + DiskFormat.MAX_PACKS + " packs");
        List<BlobDescriptor> packs = new ArrayList<>(layers.size());
        for (int i = 1; i < layers.size(); i++) {
            packs.add(descriptor(layers.element(i), PACK_TYPE, DiskFormat.MAX_PACK));
        }
        return new DiskManifest(
                descriptor(manifest.field("config"), CONFIG_TYPE, DiskConfig.MAX_BYTES),
                descriptor(layers.element(0), INDEX_TYPE, DiskFormat.MAX_INDEX),
                packs);
    }

    /** The manifest as it is pushed; the same bytes for equal manifests. */
    public byte[] toJson() {
        return StrictJson.write(json());
    }

    /** The manifest as it is pushed when it refers to the manifest {@code subject}. */
    public byte[] toJson(BlobDescriptor subject) {
        ObjectNode manifest = json();
        manifest.set("subject", json(subject));
        return StrictJson.write(manifest);
    }

    private ObjectNode json() {
        ObjectNode manifest = StrictJson.object();
        manifest.put("schemaVersion", 2).put("mediaType", MEDIA_TYPE).put("artifactType", ARTIFACT_TYPE);
        manifest.set("config", json(config));
        ArrayNode layers = manifest.putArray("layers").add(json(index));
        packs.forEach(pack -> layers.add(json(pack)));
        return manifest;
    }

    /** @throws DiskFormatException if {@code diskIndex} is not the one this manifest names, or has other packs */
    public void requireMatch(DiskIndex diskIndex) throws DiskFormatException {
        if (!index.equals(index(diskIndex))) {
            throw new DiskFormatException(Reason.MISMATCH, "the index is not " + index.digest());
        }
        if (packs.size() != diskIndex.packCount()) {
            throw new DiskFormatException(
                    Reason.MISMATCH, "the manifest has " + packs.size() + " packs, the index " + diskIndex.packCount());
        }
        for (int i = 0; i < packs.size(); i++) {
            BlobDescriptor expected = pack(diskIndex.packDigest(i), diskIndex.packLength(i));
            if (!packs.get(i).equals(expected)) {
                throw new DiskFormatException(
                        Reason.MISMATCH, "pack " + i + " is " + packs.get(i) + " in the manifest, not " + expected);
            }
        }
    }

    static BlobDescriptor index(DiskIndex index) {
        MessageDigest hash = Digest.Algorithm.SHA256.newHash();
        hash.update(index.blob());
        return new BlobDescriptor(
                INDEX_TYPE,
                Digest.of(Digest.Algorithm.SHA256, hash.digest()),
                index.blob().remaining());
    }

    public static BlobDescriptor pack(Digest digest, long length) {
        return new BlobDescriptor(PACK_TYPE, digest, length);
    }

    private static BlobDescriptor descriptor(StrictJson json, String mediaType, long maxSize)
            throws DiskFormatException {
        json.asObject().field("mediaType").requireString(mediaType);
        return new BlobDescriptor(
                mediaType, json.field("digest").sha256(), json.field("size").number(maxSize));
    }

    private static void requireType(BlobDescriptor blob, String mediaType) {
        if (!blob.mediaType().equals(mediaType)) {
            throw new IllegalArgumentException(blob + " is not of type " + mediaType);
        }
    }

    private static ObjectNode json(BlobDescriptor blob) {
        return StrictJson.object()
                .put("mediaType", blob.mediaType())
                .put("digest", blob.digest().toString())
                .put("size", blob.size());
    }
}
