package io.dvcr.virt.control;

import io.dvcr.virt.resource.Resource;
import io.dvcr.virt.resource.Resources;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/** Keeps resources until what was made for them is gone, by a finalizer. */
final class Holds {
    private Holds() {}

    static boolean isHeld(Resource<?, ?> resource) {
        return resource.metadata().finalizers().contains(Names.FINALIZER);
    }

    static <S extends Record, T extends Record> Resource<S, T> hold(Resources resources, Resource<S, T> resource)
            throws IOException {
        List<String> finalizers = Stream.concat(resource.metadata().finalizers().stream(), Stream.of(Names.FINALIZER))
                .toList();
        return resources.update(resource.withMetadata(resource.metadata().withFinalizers(finalizers)));
    }

    static void release(Resources resources, Resource<?, ?> resource) throws IOException {
        List<String> finalizers = resource.metadata().finalizers().stream()
                .filter(name -> !name.equals(Names.FINALIZER))
                .toList();
        resources.update(resource.withMetadata(resource.metadata().withFinalizers(finalizers)));
    }
}
