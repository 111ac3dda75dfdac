package io.dvcr.cli.command;

import io.dvcr.storage.ImageReference;

/** Where the API has an image that a user named. */
final class ImagePath {
    private ImagePath() {}

    /** @throws io.dvcr.storage.RegistryException if {@code reference} names no image */
    static String of(String reference) {
        ImageReference image = ImageReference.parse(reference);
        return "/api/v1/images/" + image.repository() + "/" + image.reference();
    }
}
