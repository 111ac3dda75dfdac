package io.dvcr.registry.oci;

import io.dvcr.storage.AddressRange;
import java.util.List;

/**
 * What the registry takes and how much it shows at once.
 *
 * @param maxBlobBytes the largest blob that can be pushed; the default is the largest object that S3 can hold, so that
 *     what one store took another can take over
 * @param maxManifestBytes the largest manifest that can be pushed; clients expect at least 4 MiB
 * @param pageSize how many tags, repositories or referrers one reply lists at most
 * @param redirected the networks whose clients are sent to the store for blobs, where the store can be read by others
 */
public record OciSettings(long maxBlobBytes, int maxManifestBytes, int pageSize, List<AddressRange> redirected) {
    public static final OciSettings DEFAULTS = new OciSettings(5L << 40, 4 << 20, 1000, List.of());

    public OciSettings {
        redirected = List.copyOf(redirected);
        if (maxBlobBytes < 1 || maxManifestBytes < 1 || pageSize < 1) {
            throw new IllegalArgumentException(
                    "largest blob " + maxBlobBytes + ", manifest " + maxManifestBytes + ", page " + pageSize);
        }
    }
}
