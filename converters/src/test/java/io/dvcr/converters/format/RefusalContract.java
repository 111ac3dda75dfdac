package io.dvcr.converters.format;

import static io.dvcr.converters.format.ImageInspectorTest.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What holds for the images of every format. An implementation has three sources of images: those whose head or end
 * gives them away, those of which only the whole file does, and those that are sound.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
abstract class RefusalContract {
    private static final long LIMIT = 1L << 40;

    @TempDir
    Path directory;

    abstract ImageFormat format();

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("spoilt_headers")
    void an_image_with_a_spoilt_header_is_refused_by_stream_and_by_file(String code, String what, ImageBytes image)
            throws IOException {
        assertRefused(code, () -> ImageInspectorTest.inspect(image.toBytes()));
        assertRefused(code, () -> inspectFile(image));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("spoilt_tables")
    void a_file_with_spoilt_tables_is_refused(String code, String what, ImageBytes image) throws IOException {
        ImageInspectorTest.inspect(image.toBytes());
        assertRefused(code, () -> inspectFile(image));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("harmless_images")
    void an_unusual_image_that_is_sound_is_taken(String what, ImageBytes image) throws IOException {
        assertThat(ImageInspectorTest.inspect(image.toBytes()).format()).isEqualTo(format());
        assertThat(inspectFile(image).format()).isEqualTo(format());
    }

    private ImageInfo inspectFile(ImageBytes image) throws IOException {
        return ImageInspector.inspect(Files.write(directory.resolve("image"), image.toBytes()), LIMIT);
    }
}
