package io.dvcr.registry.oci;

/**
 * What the registry takes and how much it shows at once.
 *
 * @param maxManifestBytes the largest manifest that can be pushed; clients expect at least 4 MiB
 * @param pageSize how many tags, repositories or referrers one reply lists at most
 */
public record OciSettings(int maxManifestBytes, int pageSize) {
    public static final OciSettings DEFAULTS = new OciSettings(4 << 20, 1000);

    public OciSettings {
        if (maxManifestBytes < 1 || pageSize < 1) {
            throw new IllegalArgumentException("largest manifest " + maxManifestBytes + ", page " + pageSize);
        }
    }
}
