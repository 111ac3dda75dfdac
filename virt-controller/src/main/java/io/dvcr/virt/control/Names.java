package io.dvcr.virt.control;

import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.resource.Resource;

/** What resources are called elsewhere. */
final class Names {
    /** Keeps a resource until what was made for it is gone. */
    static final String FINALIZER = "virtualization.dvcr.io/cleanup";

    private Names() {}

    /**
     * Where the registry has what is made for a resource, such as {@code vmi/default/debian:5e0f…}. The tag is the uid,
     * so that a resource that is made again does not take the image of the one before it for its own.
     */
    static String reference(Resource<?, ?> resource) {
        String prefix = resource.type().equals(Kinds.CLUSTER_IMAGE)
                ? "cvmi/"
                : (resource.type().equals(Kinds.IMAGE) ? "vmi/" : "vmd/");
        return prefix + resource.key() + ":" + resource.uid();
    }

    /** The name that the host has a machine by. */
    static String domain(Resource<?, ?> machine) {
        return "dvcr-" + machine.key().toString().replace('/', '-') + "-"
                + machine.uid().substring(0, 8);
    }
}
