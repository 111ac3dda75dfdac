package io.dvcr.virt.control;

import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.Resource;
import io.dvcr.virt.resource.ResourceType;

/** A resource by its name, whether it is there or not. */
record Item(ResourceType<?, ?> type, Key key) {

    static Item of(Resource<?, ?> resource) {
        return new Item(resource.type(), resource.key());
    }

    @Override
    public String toString() {
        return type.kind() + " " + key;
    }
}
