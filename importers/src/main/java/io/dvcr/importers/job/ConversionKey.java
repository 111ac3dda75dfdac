package io.dvcr.importers.job;

import io.dvcr.converters.qemu.OutputFormat;
import io.dvcr.importers.image.StoredImage;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;

/**
 * What a conversion for download makes. It is all there is to know to make it, so that it can go on at any server.
 *
 * @param digest of the image
 */
public record ConversionKey(RepositoryName repository, Digest digest, OutputFormat format) {
    /** For people, and to sort by. */
    @Override
    public String toString() {
        return repository + "@" + digest + " as " + format;
    }

    static ConversionKey of(StoredImage image, OutputFormat format) {
        return new ConversionKey(image.details().repository(), image.details().digest(), format);
    }
}
