package io.dvcr.registry.http;

import java.util.AbstractMap;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The first value of each header, by its name in any case. Immutable, so that requests made of others share it. */
final class HeaderMap extends AbstractMap<String, String> {
    private final TreeMap<String, String> values = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    private HeaderMap(Iterable<Map.Entry<String, String>> headers) {
        headers.forEach(header -> values.putIfAbsent(header.getKey(), header.getValue()));
    }

    static HeaderMap of(Iterable<Map.Entry<String, String>> headers) {
        return new HeaderMap(headers);
    }

    static HeaderMap copyOf(Map<String, String> headers) {
        return headers instanceof HeaderMap same ? same : new HeaderMap(headers.entrySet());
    }

    @Override
    public @Nullable String get(Object name) {
        return values.get(name);
    }

    @Override
    public boolean containsKey(Object name) {
        return values.containsKey(name);
    }

    @Override
    public Set<Entry<String, String>> entrySet() {
        return Collections.unmodifiableMap(values).entrySet();
    }
}
