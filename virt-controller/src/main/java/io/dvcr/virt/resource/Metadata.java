package io.dvcr.virt.resource;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code metadata}: see <a
 * href="https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/">ObjectMeta</a>. What is
 * empty in a manifest is given by the store.
 */
public record Metadata(
        @JsonPropertyDescription("The name, unique among the resources of a kind in a namespace. Cannot be changed.")
        String name,

        @JsonPropertyDescription("The namespace, \"default\" if missing. Resources of the whole cluster have none.")
        Optional<String> namespace,

        @JsonPropertyDescription("Unique in time and space: a resource that is made again under its name has another.")
        Optional<String> uid,

        @JsonPropertyDescription(
                "Changes with every change of the resource. An update that names an old one is refused.")
        Optional<String> resourceVersion,

        @JsonPropertyDescription("Counts the changes of the spec.")
        long generation,

        @JsonPropertyDescription("When the resource was made.")
        Optional<Instant> creationTimestamp,

        @JsonPropertyDescription("When its deletion was asked for. It is gone once its finalizers are.")
        Optional<Instant> deletionTimestamp,

        @JsonPropertyDescription("For people and tools to find resources by.")
        Map<String, String> labels,

        @JsonPropertyDescription("For people and tools to note things by.")
        Map<String, String> annotations,

        @JsonPropertyDescription("Who still has to let go before the resource can be gone.")
        List<String> finalizers,

        @JsonPropertyDescription("Whom the resource belongs to, and goes with.")
        List<OwnerReference> ownerReferences) {

    /** {@code metadata.ownerReferences[]}. */
    public record OwnerReference(String apiVersion, String kind, String name, String uid) {}

    public Metadata {
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
        finalizers = List.copyOf(finalizers);
        ownerReferences = List.copyOf(ownerReferences);
    }

    /** Of a resource that is yet to be made. */
    public static Metadata of(Key key) {
        return new Metadata(
                key.name(),
                key.namespace(),
                Optional.empty(),
                Optional.empty(),
                0,
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                Map.of(),
                List.of(),
                List.of());
    }

    public Key key() {
        return new Key(namespace, name);
    }

    /** Whether its deletion was asked for. */
    public boolean isTerminating() {
        return deletionTimestamp.isPresent();
    }

    public Metadata withFinalizers(List<String> changed) {
        return new Metadata(
                name,
                namespace,
                uid,
                resourceVersion,
                generation,
                creationTimestamp,
                deletionTimestamp,
                labels,
                annotations,
                changed,
                ownerReferences);
    }

    public Metadata withOwnerReferences(List<OwnerReference> changed) {
        return new Metadata(
                name,
                namespace,
                uid,
                resourceVersion,
                generation,
                creationTimestamp,
                deletionTimestamp,
                labels,
                annotations,
                finalizers,
                changed);
    }
}
