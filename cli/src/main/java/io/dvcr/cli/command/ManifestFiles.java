package io.dvcr.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.cli.manifest.ManifestReader;
import io.dvcr.cli.manifest.ManifestReader.MalformedException;
import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.ResourceType;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The manifests that {@code -f} names. What is wrong with one is told, and the others are read all the same. */
final class ManifestFiles {
    private final PrintWriter err;
    private final String namespace;
    private final List<Manifest> manifests = new ArrayList<>();
    private boolean faulty;

    private ManifestFiles(PrintWriter err, String namespace) {
        this.err = err;
        this.namespace = namespace;
    }

    /** One manifest, of a kind and with a name that there can be. */
    record Manifest(String source, ResourceType<?, ?> type, Key key, JsonNode json) {}

    /**
     * @param names files, directories, or {@code -} for the standard input
     * @param namespace of what names none
     */
    static ManifestFiles read(List<String> names, String namespace, PrintWriter err) throws IOException {
        ManifestFiles files = new ManifestFiles(err, namespace);
        for (String name : names) {
            if (name.equals("-")) {
                files.text("standard input", new String(System.in.readAllBytes(), StandardCharsets.UTF_8));
            } else {
                files.path(Path.of(name));
            }
        }
        return files;
    }

    List<Manifest> manifests() {
        return List.copyOf(manifests);
    }

    /** Whether something was wrong, and told. */
    boolean isFaulty() {
        return faulty;
    }

    private void path(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            file(path);
            return;
        }
        try (Stream<Path> children = Files.list(path)) {
            for (Path child : children.sorted().toList()) {
                if (child.toString().matches(".*\\.(yaml|yml|json)")) {
                    file(child);
                }
            }
        }
    }

    private void file(Path file) throws IOException {
        try {
            text(file.toString(), Files.readString(file));
        } catch (NoSuchFileException _) {
            fault(file.toString(), "there is no such file");
        } catch (CharacterCodingException _) {
            fault(file.toString(), "it is no text in UTF-8");
        }
    }

    private void text(String source, String text) {
        try {
            ManifestReader.read(text).forEach(document -> document(source, document));
        } catch (MalformedException e) {
            fault(source, String.valueOf(e.getMessage()));
        }
    }

    private void document(String source, JsonNode document) {
        String apiVersion = document.path("apiVersion").asText("");
        String kind = document.path("kind").asText("");
        if (kind.equals("List") && apiVersion.equals("v1")) {
            document.path("items").forEach(item -> document(source, item));
            return;
        }
        Optional<ResourceType<?, ?>> type = Kinds.of(apiVersion, kind);
        if (type.isEmpty()) {
            fault(source, "no matches for kind \"" + kind + "\" in version \"" + apiVersion + "\"");
            return;
        }
        JsonNode metadata = document.path("metadata");
        try {
            Optional<String> itsNamespace = type.get().namespaced()
                    ? Optional.of(metadata.path("namespace").asText(namespace))
                    : Optional.empty();
            Key key = new Key(itsNamespace, metadata.path("name").asText(""));
            manifests.add(new Manifest(source, type.get(), key, document));
        } catch (IllegalArgumentException e) {
            fault(source, kind + ": metadata: " + e.getMessage());
        }
    }

    private void fault(String source, String message) {
        err.println("error: " + source + ": " + message);
        faulty = true;
    }
}
