package io.dvcr.virt.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dvcr.storage.RegistryException;
import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.Resource;
import io.dvcr.virt.resource.ResourceJson;
import io.dvcr.virt.resource.ResourceType;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that resources are kept in. The whole tree:
 *
 * <pre>
 * DATA/resources/.lock                            held by the process that has the tree
 *                .version                         no version above this was ever given
 *                .tmp                             what is being written, never looked into
 *                {plural}/{namespace}/{name}.json a resource of a namespace
 *                {plural}/{name}.json             a resource of the whole cluster
 * </pre>
 *
 * Every change is whole and durable when its call returns. Only its owner may look into it, since there are Secrets. Used by
 * one thread at a time.
 */
final class ResourceTree implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(ResourceTree.class);
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final String SUFFIX = ".json";

    /** A file name has 255 bytes on all file systems that matter. */
    static final int LONGEST_NAME = 255 - SUFFIX.length();

    private final Path root;
    private final DirectoryLock lock;
    private final SteadyThread writer = new SteadyThread("writer of resources");

    private ResourceTree(Path root, DirectoryLock lock) {
        this.root = root;
        this.lock = lock;
    }

    /** A file that is no resource although it should be. */
    record Damage(ResourceType<?, ?> type, Path file) {}

    /** What is there. */
    record Content(List<Resource<?, ?>> resources, List<Damage> damages) {}

    /**
     * Takes the directory, and makes it if need be.
     *
     * @throws IOException if another process has it, among the usual
     */
    static ResourceTree open(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        Path root = directory.toRealPath();
        return new ResourceTree(root, DirectoryLock.take(root));
    }

    /** Reads all resources of {@code types}. What is damaged is left alone, for a person. */
    Content load(List<ResourceType<?, ?>> types) throws IOException {
        List<Resource<?, ?>> resources = new ArrayList<>();
        List<Damage> damages = new ArrayList<>();
        for (ResourceType<?, ?> type : types) {
            for (Path file : files(type)) {
                try {
                    resources.add(read(type, file));
                } catch (IOException e) {
                    LOG.atError()
                            .addKeyValue("file", file)
                            .setCause(e)
                            .log("this resource is left alone: its file is damaged");
                    damages.add(new Damage(type, file));
                }
            }
        }
        return new Content(List.copyOf(resources), List.copyOf(damages));
    }

    private List<Path> files(ResourceType<?, ?> type) throws IOException {
        List<Path> files = new ArrayList<>();
        Path ofKind = root.resolve(type.plural());
        create(ofKind, root);
        DurableFiles.force(ofKind); // a crash may have come between the making of a namespace and this
        for (Path child : DurableFiles.children(ofKind)) {
            if (!type.namespaced()) {
                files.add(child);
            } else if (Files.isDirectory(child)) {
                files.addAll(DurableFiles.children(child));
            }
        }
        files.removeIf(file -> !file.toString().endsWith(SUFFIX));
        return files;
    }

    private Resource<?, ?> read(ResourceType<?, ?> type, Path file) throws IOException {
        JsonNode json = MAPPER.readTree(Files.readAllBytes(file));
        if (!json.path("apiVersion").asText().equals(type.apiVersion())
                || !json.path("kind").asText().equals(type.kind())) {
            throw new IOException("it is no " + type.kind() + " of " + type.apiVersion());
        }
        try {
            Resource<?, ?> resource = ResourceJson.read(type, json).resource();
            if (!file(type, resource.key()).equals(file)) {
                throw new IOException("it is of another resource, " + resource);
            }
            if (resource.metadata().uid().isEmpty() || version(resource) <= 0) {
                throw new IOException("it has no uid or no resourceVersion");
            }
            return resource;
        } catch (RegistryException | NumberFormatException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    static long version(Resource<?, ?> resource) {
        return Long.parseLong(resource.metadata().resourceVersion().orElse("0"));
    }

    /** Where the resource is, or would be. */
    Path file(ResourceType<?, ?> type, Key key) {
        Path ofKind = root.resolve(type.plural());
        Path directory = key.namespace().map(ofKind::resolve).orElse(ofKind);
        return directory.resolve(key.name() + SUFFIX);
    }

    void write(Resource<?, ?> resource) throws IOException {
        writer.run(() -> writeHere(resource));
    }

    private void writeHere(Resource<?, ?> resource) throws IOException {
        byte[] json = MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(ResourceJson.write(resource));
        Path ofKind = root.resolve(resource.type().plural());
        create(ofKind, root);
        if (resource.key().namespace().isPresent()) {
            create(ofKind.resolve(resource.key().namespace().get()), ofKind);
        }
        DurableFiles.write(file(resource.type(), resource.key()), root.resolve(".tmp"), json);
    }

    private static void create(Path directory, Path within) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory);
            DurableFiles.force(within);
        }
    }

    void delete(ResourceType<?, ?> type, Key key) throws IOException {
        Path file = file(type, key);
        writer.run(() -> {
            if (Files.deleteIfExists(file)) {
                DurableFiles.force(file.resolveSibling("."));
            }
        });
    }

    /** No version above it was ever given. */
    long reservedVersion() throws IOException {
        try {
            return Long.parseLong(Files.readString(root.resolve(".version")).strip());
        } catch (NoSuchFileException _) {
            return 0;
        } catch (NumberFormatException e) {
            throw new IOException(root.resolve(".version") + " is damaged", e);
        }
    }

    void reserveVersion(long version) throws IOException {
        byte[] text = Long.toString(version).getBytes(StandardCharsets.US_ASCII);
        writer.run(() -> DurableFiles.write(root.resolve(".version"), root.resolve(".tmp"), text));
    }

    @Override
    public void close() throws IOException {
        writer.close();
        lock.close();
    }
}
