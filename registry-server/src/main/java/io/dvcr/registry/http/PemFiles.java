package io.dvcr.registry.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What the files of {@link TlsSettings} hold at one time. */
record PemFiles(String certificateChain, String privateKey, Optional<String> clientAuthorities) {
    private static final int MAX_BYTES = 1 << 20;

    /** @throws IOException if one cannot be read, or is far too large */
    static PemFiles read(TlsSettings settings) throws IOException {
        return new PemFiles(
                read(settings.certificateChain()),
                read(settings.privateKey()),
                settings.clientAuthorities().isPresent()
                        ? Optional.of(read(settings.clientAuthorities().get()))
                        : Optional.empty());
    }

    private static String read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(MAX_BYTES + 1);
            if (content.length > MAX_BYTES) {
                throw new IOException(file + " is larger than " + MAX_BYTES + " bytes");
            }
            return new String(content, StandardCharsets.ISO_8859_1);
        }
    }

    /** Without what they hold, which is secret. */
    @Override
    public String toString() {
        return "PemFiles";
    }
}
