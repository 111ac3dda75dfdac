package io.dvcr.importers.source;

import io.dvcr.converters.format.ImageFormat;
import io.dvcr.storage.content.UploadId;
import java.util.Optional;

/**
 * An image that a client has sent, all of it.
 *
 * @param checksum what it must hash to, if its client said
 * @param format what it must be, if its client said
 */
public record UploadSource(UploadId id, Optional<Checksum> checksum, Optional<ImageFormat> format)
        implements ImportSource {}
