package io.dvcr.cli.client;

import io.dvcr.importers.source.SourceTls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import picocli.CommandLine.Option;

/** Whom a command trusts to tell servers apart. */
public final class TrustOption {
    @Option(
            names = "--ca-file",
            paramLabel = "FILE",
            defaultValue = "${env:DVCR_CA_FILE}",
            description = "Certificates of authorities to trust as well, in PEM, unless $$DVCR_CA_FILE names them.")
    private Optional<Path> caFile = Optional.empty();

    /**
     * Empty for whom Java trusts.
     *
     * @throws IOException if the file is not usable
     */
    public Optional<SSLContext> tls() throws IOException {
        return caFile.isPresent() ? Optional.of(SourceTls.trusting(caFile.get())) : Optional.empty();
    }
}
