package io.dvcr.cli.resource;

import io.dvcr.registry.http.Request;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import io.dvcr.virt.resource.LabelSelector;
import io.dvcr.virt.resource.Resource;
import io.dvcr.virt.resource.ResourceType;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which resources of a kind a list or watch is about. */
record ResourceFilter(
        ResourceType<?, ?> type, Optional<String> namespace, Optional<String> name, LabelSelector labels) {
    private static final Pattern FIELD = Pattern.compile("metadata\\.(name|namespace)==?([-a-z0-9.]+)");

    static ResourceFilter of(ResourceType<?, ?> type, Request request) {
        Optional<String> namespace =
                Optional.ofNullable(request.pathParameters().get("namespace"));
        Optional<String> name = Optional.empty();
        for (String field : request.query("fieldSelector").filter(text -> !text.isEmpty()).stream()
                .flatMap(text -> Pattern.compile(",").splitAsStream(text))
                .toList()) {
            Matcher matcher = FIELD.matcher(field);
            if (!matcher.matches()) {
                throw invalid("fieldSelector knows metadata.name and metadata.namespace, not \"" + field + "\"");
            }
            if (matcher.group(1).equals("name")) {
                name = Optional.of(matcher.group(2));
            } else {
                namespace = Optional.of(matcher.group(2));
            }
        }
        return new ResourceFilter(type, namespace, name, labels(request));
    }

    private static LabelSelector labels(Request request) {
        try {
            return LabelSelector.parse(request.query("labelSelector").orElse(""));
        } catch (IllegalArgumentException e) {
            throw invalid(String.valueOf(e.getMessage()));
        }
    }

    private static RegistryException invalid(String reason) {
        return new RegistryException(new RequestInvalid(reason));
    }

    boolean matches(Resource<?, ?> resource) {
        return resource.type().equals(type)
                && (namespace.isEmpty() || namespace.equals(resource.key().namespace()))
                && (name.isEmpty() || name.get().equals(resource.key().name()))
                && labels.matches(resource);
    }
}
