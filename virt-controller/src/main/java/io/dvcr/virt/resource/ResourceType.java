package io.dvcr.virt.resource;

import java.util.List;
import java.util.Locale;

/**
 * A kind of resources.
 *
 * @param <S> its {@code spec}, a record
 * @param <T> its {@code status}, a record
 * @param group empty for Kubernetes' own
 * @param plural its name in paths
 * @param namespaced whether each belongs to a namespace
 * @param emptyStatus the status of one that nobody has looked at yet
 * @param flat whether the fields of the spec lie beside {@code metadata} instead of in {@code spec}, as of a Secret
 * @param columns what a table shows besides the name and the age
 */
public record ResourceType<S extends Record, T extends Record>(
        String group,
        String version,
        String kind,
        String plural,
        List<String> shortNames,
        boolean namespaced,
        Class<S> specType,
        Class<T> statusType,
        T emptyStatus,
        boolean flat,
        String description,
        List<Column> columns) {
    public ResourceType {
        shortNames = List.copyOf(shortNames);
        columns = List.copyOf(columns);
    }

    /** As manifests write it. */
    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** Its name where one is spoken of, such as {@code virtualmachine}. */
    public String singular() {
        return kind.toLowerCase(Locale.ROOT);
    }

    /** Whether people may mean this kind by {@code word}: its kind, plural or short name, in any case. */
    public boolean isCalled(String word) {
        String lower = word.toLowerCase(Locale.ROOT);
        return lower.equals(kind.toLowerCase(Locale.ROOT))
                || lower.equals(plural)
                || lower.equals(plural + "." + group)
                || shortNames.contains(lower);
    }

    /** The name of this very kind, such as {@code virtualmachines.virtualization.deckhouse.io}. */
    @Override
    public String toString() {
        return group.isEmpty() ? plural : plural + "." + group;
    }
}
