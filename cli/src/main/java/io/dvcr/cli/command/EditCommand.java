package io.dvcr.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.cli.client.ResourceClient;
import io.dvcr.cli.client.ResourceClient.Written;
import io.dvcr.cli.client.StatusException;
import io.dvcr.cli.command.ResourceArguments.Target;
import io.dvcr.cli.manifest.ManifestReader;
import io.dvcr.cli.manifest.ManifestReader.MalformedException;
import io.dvcr.cli.manifest.ManifestWriter;
import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.ResourceType;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** As kubectl does: the editor comes again, with the error on top, until what is saved is taken or nothing is changed. */
@Command(name = "edit", description = "Change a resource in an editor, $EDITOR or vi.")
public final class EditCommand extends ResourceCommand {
    private static final String HEADER = """
            # Please edit the object below. Lines beginning with a '#' will be ignored,
            # and an empty file will abort the edit. If an error occurs while saving this file will be
            # reopened with the relevant failures.
            #
            """;

    @Parameters(paramLabel = "KIND NAME", arity = "1..2", description = "KIND NAME or KIND/NAME")
    private List<String> words = List.of();

    @Option(names = "--editor", hidden = true, defaultValue = "${env:EDITOR:-vi}")
    private String editor = "vi";

    @Override
    void run() throws IOException {
        Target target = ResourceArguments.one(words);
        Key key = key(target.type(), target.name().orElseThrow());
        ResourceClient resources = resources();
        JsonNode original = resources.get(target.type(), key);
        Path file = Files.createTempFile(
                "dvcr-edit-",
                ".yaml",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        if (edit(resources, target.type(), key, original, file)) {
            Files.delete(file);
        }
    }

    /** Returns whether the file is of no more use. */
    private boolean edit(ResourceClient resources, ResourceType<?, ?> type, Key key, JsonNode original, Path file)
            throws IOException {
        String body = ManifestWriter.yaml(original);
        String errors = "";
        while (true) {
            Files.writeString(file, HEADER + errors + body);
            open(file);
            String edited = withoutComments(Files.readString(file));
            if (edited.isBlank() || edited.equals(body)) {
                return cancelled(errors, file);
            }
            Optional<String> problem = save(resources, type, key, original, edited);
            if (problem.isEmpty()) {
                return true;
            }
            err().println(problem.get());
            body = edited;
            errors = problem.get().lines().map(line -> "# " + line + "\n").collect(Collectors.joining()) + "#\n";
        }
    }

    private boolean cancelled(String errors, Path file) throws IOException {
        if (errors.isEmpty()) {
            err().println("Edit cancelled, no changes made.");
            return true;
        }
        err().println("A copy of your changes has been stored to \"" + file + "\"");
        throw new IOException("edit cancelled, no valid changes were saved");
    }

    /** Returns what is wrong; empty if all is well. */
    private Optional<String> save(
            ResourceClient resources, ResourceType<?, ?> type, Key key, JsonNode original, String edited)
            throws IOException {
        try {
            List<JsonNode> documents = ManifestReader.read(edited);
            if (documents.size() != 1) {
                return Optional.of("error: there are " + documents.size() + " documents, expected 1");
            }
            if (documents.getFirst().equals(original)) {
                err().println("Edit cancelled, no changes made.");
                return Optional.empty();
            }
            Written written = resources.replace(type, key, documents.getFirst(), false);
            written.warnings().forEach(warning -> err().println("Warning: " + warning));
            out().println(type.singular() + "/" + key.name() + " edited");
            return Optional.empty();
        } catch (MalformedException e) {
            return Optional.of("error: it is not YAML: " + e.getMessage());
        } catch (StatusException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static String withoutComments(String text) {
        return text.lines()
                .dropWhile(line -> line.startsWith("#"))
                .map(line -> line + "\n")
                .collect(Collectors.joining());
    }

    /** By a shell, since {@code $EDITOR} may have options, as for everything else that heeds it. */
    private void open(Path file) throws IOException {
        try {
            int ended = new ProcessBuilder("/bin/sh", "-c", editor + " \"$1\"", "editor", file.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
            if (ended != 0) {
                throw new IOException("the editor '" + editor + "' ended with " + ended);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }
}
