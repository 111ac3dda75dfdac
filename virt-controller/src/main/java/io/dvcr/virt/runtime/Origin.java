package io.dvcr.virt.runtime;

import java.nio.file.Path;

/** Where the content of an image or disk is to come from, as things are now. */
public sealed interface Origin {

    /** From outside: the registry imports it. */
    record External() implements Origin {}

    /** From a person. */
    record Upload() implements Origin {}

    /**
     * From an image in the registry.
     *
     * @param uid of the resource that it is; empty if it is none
     */
    record Image(ImageDescription image, String uid) implements Origin {}

    /** From a volume that nobody writes to. */
    record Volume(Path path, String uid) implements Origin {}

    /** Nothing: the disk is blank. */
    record Blank() implements Origin {}

    /** From something that is not there, or not ready. */
    record NotReady(String reason, String message) implements Origin {}
}
