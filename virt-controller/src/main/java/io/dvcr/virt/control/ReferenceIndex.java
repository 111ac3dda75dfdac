package io.dvcr.virt.control;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Who names whom, both ways. Thread-safe. */
final class ReferenceIndex {
    private final Map<Item, Set<Item>> named = new HashMap<>();
    private final Map<Item, Set<Item>> naming = new HashMap<>();

    /** Notes all that {@code item} names now; none once it is gone. */
    synchronized void put(Item item, Set<Item> names) {
        Set<Item> before = names.isEmpty() ? named.remove(item) : named.put(item, Set.copyOf(names));
        if (before != null) {
            for (Item old : before) {
                Set<Item> users = naming.getOrDefault(old, Set.of());
                users.remove(item);
                if (users.isEmpty()) {
                    naming.remove(old);
                }
            }
        }
        names.forEach(name -> naming.computeIfAbsent(name, _ -> new HashSet<>()).add(item));
    }

    /** All that {@code item} names, and all that name it. */
    synchronized Set<Item> around(Item item) {
        Set<Item> all = new HashSet<>(named.getOrDefault(item, Set.of()));
        all.addAll(naming.getOrDefault(item, Set.of()));
        return all;
    }

    /** All that name {@code item}. */
    synchronized Set<Item> naming(Item item) {
        return Set.copyOf(naming.getOrDefault(item, Set.of()));
    }
}
