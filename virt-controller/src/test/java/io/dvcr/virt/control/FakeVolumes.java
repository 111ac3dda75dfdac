package io.dvcr.virt.control;

import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import io.dvcr.virt.runtime.Device;
import io.dvcr.virt.runtime.ImageDescription;
import io.dvcr.virt.runtime.Volumes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Volumes in memory. Outlives the controllers that use it. Thread-safe. */
final class FakeVolumes implements Volumes {
    private final Map<String, Volume> volumes = new ConcurrentHashMap<>();
    private volatile boolean slow;

    @Override
    public Volume find(String uid) {
        return volumes.getOrDefault(uid, new Volume.Absent());
    }

    @Override
    public void createBlank(String uid, Optional<String> storageClass, long bytes) {
        requireClass(storageClass);
        volumes.putIfAbsent(uid, ready(uid, bytes, false));
    }

    @Override
    public void createFromImage(
            String uid,
            Optional<String> storageClass,
            ImageDescription image,
            long bytes,
            boolean readOnly,
            Runnable changed) {
        requireClass(storageClass);
        volumes.put(uid, slow ? new Volume.Filling(50, bytes / 2) : ready(uid, bytes, readOnly));
        changed.run();
    }

    @Override
    public void grow(String uid, long bytes) throws IOException {
        if (volumes.get(uid) instanceof Volume.Ready ready && ready.bytes() < bytes) {
            volumes.put(uid, new Volume.Ready(ready.device(), bytes));
        }
    }

    @Override
    public void delete(String uid) {
        volumes.remove(uid);
    }

    @Override
    public String defaultStorageClass() {
        return "file";
    }

    /** What is begun from now on does not end. */
    void beSlow(boolean isSlow) {
        slow = isSlow;
    }

    /** What is under way ends. */
    void finish() {
        slow = false;
        volumes.replaceAll((uid, volume) ->
                volume instanceof Volume.Filling filling ? ready(uid, filling.doneBytes() * 2, false) : volume);
    }

    List<String> all() {
        return List.copyOf(volumes.keySet());
    }

    private static Volume ready(String uid, long bytes, boolean readOnly) {
        return new Volume.Ready(
                new Device(uid, Path.of("/volumes", uid, "disk"), Device.Format.RAW, readOnly, false), bytes);
    }

    private static void requireClass(Optional<String> storageClass) {
        storageClass.filter(name -> !name.equals("file")).ifPresent(name -> {
            throw new RegistryException(new RequestInvalid("there is no storage class " + name));
        });
    }
}
