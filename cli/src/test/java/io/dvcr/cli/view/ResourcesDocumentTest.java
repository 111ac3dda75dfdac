package io.dvcr.cli.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ResourcesDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "resources.md");
    private static final Path EXPECTED = Path.of("target", "resources.md");

    /** What it has to be is left beside the classes, to be copied. */
    @Test
    void the_document_has_every_field_as_the_records_have_it() throws IOException {
        Files.createDirectories(EXPECTED.resolveSibling("."));
        Files.writeString(EXPECTED, ResourcesDocument.text());

        assertThat(DOCUMENT).as("cp cli/%s docs/resources.md", EXPECTED).hasContent(ResourcesDocument.text());
    }
}
