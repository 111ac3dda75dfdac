package io.dvcr.cli.client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Authorities that a user trusts besides those that Java does. */
final class CaFile {
    private CaFile() {}

    /**
     * @param file PEM
     * @throws IOException if it holds no certificate
     */
    static SSLContext trusting(Path file) throws IOException {
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            for (X509Certificate known : systemAuthorities()) {
                trusted.setCertificateEntry("system" + trusted.size(), known);
            }
            for (Certificate certificate : read(file)) {
                trusted.setCertificateEntry("file" + trusted.size(), certificate);
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers(Optional.of(trusted)), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " does not hold certificates in PEM: " + e.getMessage(), e);
        }
    }

    private static Iterable<? extends Certificate> read(Path file) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            var certificates = CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (certificates.isEmpty()) {
                throw new IOException(file + " holds no certificate");
            }
            return certificates;
        }
    }

    private static X509Certificate[] systemAuthorities() throws GeneralSecurityException {
        for (TrustManager manager : managers(Optional.empty())) {
            if (manager instanceof X509TrustManager authorities) {
                return authorities.getAcceptedIssuers();
            }
        }
        return new X509Certificate[0];
    }

    private static TrustManager[] managers(Optional<KeyStore> trusted) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted.orElse(null));
        return factory.getTrustManagers();
    }
}
