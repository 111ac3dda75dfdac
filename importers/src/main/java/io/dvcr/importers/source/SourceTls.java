package io.dvcr.importers.source;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Whom to trust besides those that Java does, and who to be, from PEM. */
public final class SourceTls {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final char[] IN_MEMORY = new char[0];

    private SourceTls() {}

    /**
     * @param chain PEM, the own certificate first
     * @param key PEM, PKCS #8, not encrypted
     */
    record Identity(String chain, String key) {
        /** Without what is secret. */
        @Override
        public String toString() {
            return "Identity";
        }
    }

    /**
     * To trust besides those that Java does.
     *
     * @param authorities PEM
     * @throws IOException if it holds no certificate
     */
    public static SSLContext trusting(Path authorities) throws IOException {
        String pem = Files.readString(authorities, ISO_8859_1);
        try {
            return context(Optional.of(pem), Optional.empty());
        } catch (IOException e) {
            throw new IOException(authorities + " does not hold certificates in PEM: " + e.getMessage(), e);
        }
    }

    /** @throws IOException if the PEM does not hold what it should; the message repeats nothing of it */
    static SSLContext context(Optional<String> authorities, Optional<Identity> identity) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    identity.isPresent() ? keys(identity.get()) : null,
                    authorities.isPresent() ? trusting(authorities.get()) : null,
                    null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("certificates or key cannot be used: " + e.getMessage(), e);
        }
    }

    private static TrustManager[] trusting(String pem) throws GeneralSecurityException, IOException {
        KeyStore trusted = empty();
        for (X509Certificate known : systemAuthorities()) {
            trusted.setCertificateEntry("system" + trusted.size(), known);
        }
        for (Certificate certificate : certificates(pem)) {
            trusted.setCertificateEntry("own" + trusted.size(), certificate);
        }
        return trustManagers(Optional.of(trusted));
    }

    private static KeyManager[] keys(Identity identity) throws GeneralSecurityException, IOException {
        List<Certificate> chain = certificates(identity.chain());
        KeyStore store = empty();
        String algorithm = chain.getFirst().getPublicKey().getAlgorithm();
        store.setKeyEntry("own", privateKey(identity.key(), algorithm), IN_MEMORY, chain.toArray(Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, IN_MEMORY);
        return factory.getKeyManagers();
    }

    private static PrivateKey privateKey(String pem, String algorithm) throws GeneralSecurityException, IOException {
        Matcher key = KEY.matcher(pem);
        if (!key.find()) {
            throw new IOException("tls.key is no PRIVATE KEY in PEM (PKCS #8, not encrypted)");
        }
        byte[] encoded = Base64.getMimeDecoder().decode(key.group(1));
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
    }

    private static List<Certificate> certificates(String pem) throws GeneralSecurityException, IOException {
        List<Certificate> certificates = new ArrayList<>(CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(pem.getBytes(ISO_8859_1))));
        if (certificates.isEmpty()) {
            throw new IOException("there is no certificate in PEM");
        }
        return certificates;
    }

    private static X509Certificate[] systemAuthorities() throws GeneralSecurityException {
        for (TrustManager manager : trustManagers(Optional.empty())) {
            if (manager instanceof X509TrustManager authorities) {
                return authorities.getAcceptedIssuers();
            }
        }
        return new X509Certificate[0];
    }

    private static TrustManager[] trustManagers(Optional<KeyStore> trusted) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted.orElse(null));
        return factory.getTrustManagers();
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
