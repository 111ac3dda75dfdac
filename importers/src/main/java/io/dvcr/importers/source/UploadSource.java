package io.dvcr.importers.source;

import io.dvcr.storage.content.UploadId;
import java.util.Optional;

/**
 * An image that a client has sent, all of it.
 *
 * @param checksum what it must hash to, if its client said
 */
public record UploadSource(UploadId id, Optional<Checksum> checksum) implements ImportSource {}
