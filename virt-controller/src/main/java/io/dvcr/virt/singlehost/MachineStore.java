package io.dvcr.virt.singlehost;

import io.dvcr.virt.machine.MachineName;
import io.dvcr.virt.store.DurableFiles;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what is asked for below one directory, which {@link MachineFiles} draws. Every change is whole and durable when
 * its call returns. One store at a time has the directory. Thread-safe as long as each machine is changed by one thread
 * at a time.
 */
final class MachineStore implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(MachineStore.class);

    private final Path machines;
    private final FileChannel lock;

    private MachineStore(Path machines, FileChannel lock) {
        this.machines = machines;
        this.lock = lock;
    }

    /**
     * Takes the directory, makes it if need be, and clears away what a crash left.
     *
     * @throws IOException if another process has it, among the usual
     */
    static MachineStore open(Path machines) throws IOException {
        DurableFiles.createPassableDirectory(machines);
        Path directory = machines.toRealPath();
        FileChannel lock = lock(directory.resolve(".lock"));
        try {
            MachineStore store = new MachineStore(directory, lock);
            store.clearLeftovers();
            return store;
        } catch (IOException e) {
            lock.close();
            throw e;
        }
    }

    private static FileChannel lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (!tryLock(channel)) {
            channel.close();
            throw new IOException("another dvcr runs the machines in " + file.getParent());
        }
        return channel;
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            @Nullable FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException _) {
            return false;
        }
    }

    private void clearLeftovers() throws IOException {
        for (Path path : DurableFiles.children(machines)) {
            String name = path.getFileName().toString();
            if (name.startsWith(".") && (name.endsWith(".creating") || name.endsWith(".deleting"))) {
                DurableFiles.deleteTree(path);
            }
        }
    }

    MachineFiles files(MachineName name) {
        return MachineFiles.of(machines, name);
    }

    /** Every machine whose record can be read. One whose record is damaged is left alone, for a human. */
    List<MachineRecord> load() throws IOException {
        List<MachineRecord> records = new ArrayList<>();
        for (Path directory : DurableFiles.children(machines)) {
            if (!directory.getFileName().toString().startsWith(".")) {
                try {
                    records.add(read(directory));
                } catch (IOException e) {
                    LOG.atError()
                            .addKeyValue("directory", directory)
                            .setCause(e)
                            .log("this machine is left alone: its record cannot be read");
                }
            }
        }
        return List.copyOf(records);
    }

    private static MachineRecord read(Path directory) throws IOException {
        MachineRecord machine = RecordJson.read(Files.readAllBytes(new MachineFiles(directory).record()));
        if (!machine.spec().name().value().equals(directory.getFileName().toString())) {
            throw new IOException(
                    "machine.json is of another machine, " + machine.spec().name());
        }
        return machine;
    }

    /** @throws java.nio.file.FileSystemException if the place is taken */
    void create(MachineRecord machine) throws IOException {
        MachineName name = machine.spec().name();
        MachineFiles creating = new MachineFiles(machines.resolve("." + name + ".creating"));
        DurableFiles.deleteTree(creating.directory());
        DurableFiles.createPassableDirectory(creating.directory());
        DurableFiles.write(creating.record(), RecordJson.write(machine));
        DurableFiles.move(creating.directory(), files(name).directory());
    }

    void update(MachineRecord machine) throws IOException {
        DurableFiles.write(files(machine.spec().name()).record(), RecordJson.write(machine));
    }

    /** Removes the machine and all its files, if it is there. */
    void delete(MachineRecord machine) throws IOException {
        Path directory = files(machine.spec().name()).directory();
        Path deleting = machines.resolve("." + machine.uuid() + ".deleting");
        if (Files.exists(directory)) {
            DurableFiles.move(directory, deleting);
        }
        DurableFiles.deleteTree(deleting);
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
