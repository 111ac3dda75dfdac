package io.dvcr.cli.resource;

import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.ResourceType;
import java.util.Optional;

/** Where resources are: <a href="https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris">Resource URIs</a>. */
public final class ApiPath {
    private ApiPath() {}

    /** Such as {@code /apis/virtualization.deckhouse.io/v1alpha2}. */
    static String version(ResourceType<?, ?> type) {
        return (type.group().isEmpty() ? "/api/" : "/apis/" + type.group() + "/") + type.version();
    }

    /** @param namespace empty for all, and for what has none */
    public static String collection(ResourceType<?, ?> type, Optional<String> namespace) {
        return version(type)
                + namespace.map(name -> "/namespaces/" + name + "/").orElse("/")
                + type.plural();
    }

    public static String one(ResourceType<?, ?> type, Key key) {
        return collection(type, key.namespace()) + "/" + key.name();
    }
}
