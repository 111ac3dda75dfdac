package io.dvcr.virt.store;

import io.dvcr.storage.RegistryError.Conflict;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.Metadata;
import io.dvcr.virt.resource.Resource;
import io.dvcr.virt.resource.ResourceType;
import io.dvcr.virt.resource.Resources;
import io.dvcr.virt.store.ResourceTree.Damage;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Resources as files of this host, which {@link ResourceTree} draws, and in memory. One at a time has the directory.
 * Reading never waits for a disk. Thread-safe.
 */
public final class ResourceFiles implements Resources, Closeable {
    private final ResourceTree tree;
    private final Versions versions;
    private final Clock clock;
    private final List<Admission> admissions;
    private final List<Damage> damages;
    private final Map<ResourceType<?, ?>, NavigableMap<Key, Resource<?, ?>>> kept = new ConcurrentHashMap<>();
    private final ChangeLog changes;
    private final EventMemory events;
    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
    private boolean closed;

    private ResourceFiles(
            ResourceTree tree, Versions versions, List<Damage> damages, Clock clock, List<Admission> admissions) {
        this.tree = tree;
        this.versions = versions;
        this.damages = damages;
        this.clock = clock;
        this.admissions = List.copyOf(admissions);
        this.changes = new ChangeLog(versions.last());
        this.events = new EventMemory(clock);
    }

    /**
     * Takes the directory and reads what is there.
     *
     * @param types all kinds that there are
     * @param admissions asked before a spec changes, one change at a time
     * @throws IOException if another process has the directory, among the usual
     */
    public static ResourceFiles open(
            Path directory, List<ResourceType<?, ?>> types, Clock clock, List<Admission> admissions)
            throws IOException {
        ResourceTree tree = ResourceTree.open(directory);
        try {
            ResourceTree.Content content = tree.load(types);
            long highest = content.resources().stream()
                    .mapToLong(ResourceTree::version)
                    .max()
                    .orElse(0);
            ResourceFiles files =
                    new ResourceFiles(tree, Versions.after(tree, highest), content.damages(), clock, admissions);
            types.forEach(type -> files.kept.put(type, new ConcurrentSkipListMap<>()));
            content.resources().forEach(files::keep);
            files.deleteOrphans();
            return files;
        } catch (IOException | RuntimeException e) {
            tree.close();
            throw e;
        }
    }

    /** The files that should be resources and are not. They are left alone, and no resource can take their place. */
    public List<Path> damaged() {
        return damages.stream().map(Damage::file).toList();
    }

    /** What changes, for those who may come again and learn what they missed. */
    public ChangeLog changes() {
        return changes;
    }

    @Override
    public <S extends Record, T extends Record> Optional<Resource<S, T>> find(ResourceType<S, T> type, Key key) {
        return Optional.ofNullable(ofType(type).get(key)).map(found -> typed(type, found));
    }

    @Override
    public <S extends Record, T extends Record> List<Resource<S, T>> list(ResourceType<S, T> type) {
        return ofType(type).values().stream().map(each -> typed(type, each)).toList();
    }

    private NavigableMap<Key, Resource<?, ?>> ofType(ResourceType<?, ?> type) {
        return Optional.ofNullable(kept.get(type))
                .orElseThrow(() -> new IllegalArgumentException("no resources of kind " + type + " are kept"));
    }

    @SuppressWarnings("unchecked") // it is kept under its own type
    private static <S extends Record, T extends Record> Resource<S, T> typed(
            ResourceType<S, T> type, Resource<?, ?> resource) {
        if (!resource.type().equals(type)) {
            throw new IllegalStateException(resource + " is kept as a " + type);
        }
        return (Resource<S, T>) resource;
    }

    private void keep(Resource<?, ?> resource) {
        ofType(resource.type()).put(resource.key(), resource);
    }

    @Override
    public synchronized <S extends Record, T extends Record> Resource<S, T> create(Resource<S, T> resource)
            throws IOException {
        requireOpen();
        Resource<S, T> created = created(resource, versions.next());
        store(created, Optional.empty(), Change.Kind.ADDED);
        if (!created.metadata().ownerReferences().isEmpty()) {
            deleteOrphans();
        }
        return created;
    }

    /** What {@link #create} would return, or throw, now; nothing is kept. */
    public synchronized <S extends Record, T extends Record> Resource<S, T> tryCreate(Resource<S, T> resource) {
        return created(resource, versions.last());
    }

    private <S extends Record, T extends Record> Resource<S, T> created(Resource<S, T> resource, long version) {
        find(resource.type(), resource.key()).ifPresent(there -> {
            throw new RegistryException(
                    new Conflict(there.isTerminating() ? there + " is being deleted" : there + " already exists"));
        });
        requirePlace(resource);
        Metadata metadata = StoredMetadata.ofNew(resource.metadata(), version, clock);
        return resource.withMetadata(metadata).withStatus(resource.type().emptyStatus());
    }

    private void requirePlace(Resource<?, ?> resource) {
        if (resource.key().name().length() > ResourceTree.LONGEST_NAME) {
            throw new RegistryException(new RequestInvalid("metadata.name: has "
                    + resource.key().name().length() + " characters, expected at most " + ResourceTree.LONGEST_NAME));
        }
        Path file = tree.file(resource.type(), resource.key());
        if (damaged().contains(file)) {
            throw new RegistryException(new Conflict(resource + " is there, but its file is damaged: " + file));
        }
    }

    @Override
    public synchronized <S extends Record, T extends Record> Resource<S, T> update(Resource<S, T> resource)
            throws IOException {
        Resource<S, T> after = tryUpdate(resource);
        Resource<S, T> before = get(resource.type(), resource.key());
        return after.equals(before) ? before : change(before, after);
    }

    /** What {@link #update} would return, or throw, now, but for the version; nothing is kept. */
    public synchronized <S extends Record, T extends Record> Resource<S, T> tryUpdate(Resource<S, T> resource)
            throws IOException {
        Resource<S, T> before = current(resource);
        boolean specChanges = !before.spec().equals(resource.spec());
        Metadata metadata = StoredMetadata.changed(before.metadata(), resource.metadata(), specChanges);
        Resource<S, T> after = before.withMetadata(metadata).withSpec(resource.spec());
        if (specChanges) {
            admissions.forEach(admission -> admission.update(before, after));
        }
        return after;
    }

    @Override
    public synchronized <S extends Record, T extends Record> Resource<S, T> updateStatus(Resource<S, T> resource)
            throws IOException {
        Resource<S, T> before = current(resource);
        return before.status().equals(resource.status())
                ? before
                : change(before, before.withStatus(resource.status()));
    }

    /** What there is of a resource that somebody means to change. */
    private <S extends Record, T extends Record> Resource<S, T> current(Resource<S, T> resource) throws IOException {
        Resource<S, T> there = get(resource.type(), resource.key());
        requireUid(there, resource.metadata().uid());
        Optional<String> meant = resource.metadata().resourceVersion();
        if (meant.isPresent() && !meant.equals(there.metadata().resourceVersion())) {
            throw new RegistryException(new Conflict(there
                    + " has been modified: it has resourceVersion "
                    + ResourceTree.version(there) + ", not " + meant.get()
                    + "; apply your changes to the latest version and try again"));
        }
        return there;
    }

    private static void requireUid(Resource<?, ?> there, Optional<String> meant) {
        if (meant.isPresent() && !meant.get().equals(there.uid())) {
            throw new RegistryException(
                    new Conflict(there + " has uid " + there.uid() + ", not " + meant.get() + ": it is another one"));
        }
    }

    /** Keeps what has changed, or lets it go if it is terminating and nobody holds it any more. */
    private <S extends Record, T extends Record> Resource<S, T> change(Resource<S, T> before, Resource<S, T> changed)
            throws IOException {
        requireOpen();
        Resource<S, T> after = changed.withMetadata(StoredMetadata.withVersion(changed.metadata(), versions.next()));
        if (after.isTerminating() && after.metadata().finalizers().isEmpty()) {
            remove(before, after);
        } else {
            store(after, Optional.of(before), Change.Kind.MODIFIED);
        }
        return after;
    }

    @Override
    public synchronized void delete(ResourceType<?, ?> type, Key key, Optional<String> uid) throws IOException {
        deleteTyped(type, key, uid);
    }

    private <S extends Record, T extends Record> void deleteTyped(
            ResourceType<S, T> type, Key key, Optional<String> uid) throws IOException {
        Resource<S, T> there = get(type, key);
        requireUid(there, uid);
        if (!there.isTerminating()) {
            change(there, there.withMetadata(StoredMetadata.terminating(there.metadata(), clock)));
        }
    }

    private void store(Resource<?, ?> resource, Optional<Resource<?, ?>> before, Change.Kind kind) throws IOException {
        tree.write(resource);
        keep(resource);
        tell(before, new Change(kind, resource));
    }

    private void remove(Resource<?, ?> before, Resource<?, ?> resource) throws IOException {
        tree.delete(resource.type(), resource.key());
        ofType(resource.type()).remove(resource.key());
        tell(Optional.of(before), new Change(Change.Kind.DELETED, resource));
        deleteOrphans();
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("the store of resources is closed");
        }
    }

    private void tell(Optional<Resource<?, ?>> before, Change change) {
        changes.append(ResourceTree.version(change.resource()), before, change);
        watchers.forEach(watcher -> watcher.tell(change));
    }

    /**
     * Deletes what belongs only to what is gone. Where a file is damaged, what is in it may be the owner, so nothing is
     * taken for an orphan.
     */
    private void deleteOrphans() throws IOException {
        if (!damages.isEmpty()) {
            return;
        }
        Map<String, Resource<?, ?>> byUid = new TreeMap<>();
        all().forEach(resource -> byUid.put(resource.uid(), resource));
        List<Resource<?, ?>> orphans = all().filter(resource -> !resource.isTerminating())
                .filter(resource -> !resource.metadata().ownerReferences().isEmpty())
                .filter(resource -> resource.metadata().ownerReferences().stream()
                        .noneMatch(owner -> byUid.containsKey(owner.uid())))
                .toList();
        for (Resource<?, ?> orphan : orphans) {
            if (find(orphan.type(), orphan.key()).isPresent()) {
                delete(orphan.type(), orphan.key(), orphan.metadata().uid());
            }
        }
    }

    private Stream<Resource<?, ?>> all() {
        return kept.values().stream().flatMap(each -> each.values().stream());
    }

    @Override
    public synchronized Closeable watch(Consumer<Change> consumer) {
        Watcher watcher = Watcher.start(consumer, watchers::remove);
        watchers.add(watcher);
        return watcher;
    }

    @Override
    public void note(Resource<?, ?> resource, Event event) {
        events.note(resource.type(), resource.key(), event);
    }

    @Override
    public List<Event> events(ResourceType<?, ?> type, Key key) {
        return events.of(type, key);
    }

    /** Lets go of the directory, and of those who watch. */
    @Override
    public synchronized void close() throws IOException {
        closed = true;
        changes.close();
        watchers.forEach(Watcher::close);
        tree.close();
    }
}
