package io.dvcr.registry.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;

/** A key, and a certificate for 127.0.0.1 that it has signed itself. */
record TestIdentity(X509Certificate certificate, PrivateKey key) {
    private static final String ALIAS = "it";

    /** @param keyAlgorithm EC or RSA */
    static TestIdentity make(String name, String keyAlgorithm) throws GeneralSecurityException {
        KeyPair pair = KeyPairGenerator.getInstance(keyAlgorithm).generateKeyPair();
        byte[] signatureAlgorithm =
                hex(keyAlgorithm.equals("EC") ? "300a06082a8648ce3d040302" : "300d06092a864886f70d01010b0500");
        byte[] subject = der(0x30, der(0x31, der(0x30, hex("0603550403"), der(0x0c, name.getBytes(US_ASCII)))));
        byte[] address = der(0x30, der(0x87, new byte[] {127, 0, 0, 1})); // subjectAltName
        byte[] toBeSigned = der( // RFC 5280, section 4.1
                0x30,
                hex("a003020102"),
                der(0x02, BigInteger.valueOf(name.hashCode()).abs().toByteArray()),
                signatureAlgorithm,
                subject,
                der(0x30, der(0x17, "200101000000Z".getBytes(US_ASCII)), der(0x17, "490101000000Z".getBytes(US_ASCII))),
                subject,
                pair.getPublic().getEncoded(),
                der(0xa3, der(0x30, der(0x30, hex("0603551d11"), der(0x04, address)))));
        Signature signature = Signature.getInstance("SHA256with" + keyAlgorithm.replace("EC", "ECDSA"));
        signature.initSign(pair.getPrivate());
        signature.update(toBeSigned);
        byte[] certificate = der(0x30, toBeSigned, signatureAlgorithm, der(0x03, new byte[1], signature.sign()));
        return new TestIdentity(
                (X509Certificate) CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(certificate)),
                pair.getPrivate());
    }

    private static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    /** A tag, the length and the parts: X.690, section 8.1. */
    private static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.write(tag);
        if (content.size() < 0x80) {
            whole.write(content.size());
        } else {
            whole.write(0x82);
            whole.write(content.size() >> 8);
            whole.write(content.size());
        }
        whole.writeBytes(content.toByteArray());
        return whole.toByteArray();
    }

    String certificatePem() throws GeneralSecurityException {
        return pem("CERTIFICATE", certificate.getEncoded());
    }

    String keyPem() {
        return pem("PRIVATE KEY", key.getEncoded());
    }

    private static String pem(String what, byte[] content) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(what, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content), what);
    }

    /** Of a client that trusts {@code servers} alone, and is {@code client}. */
    static SSLContext context(Optional<TestIdentity> client, TestIdentity... servers)
            throws GeneralSecurityException, IOException {
        KeyStore trusted = empty();
        for (TestIdentity server : servers) {
            trusted.setCertificateEntry("server" + trusted.size(), server.certificate);
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                client.isPresent() ? new KeyManager[] {new Showing(client.get())} : null,
                trust.getTrustManagers(),
                null);
        return context;
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    /** Shows its certificate to every server, also to those who ask for others. */
    private static final class Showing extends X509ExtendedKeyManager {
        private final TestIdentity identity;

        private Showing(TestIdentity identity) {
            this.identity = identity;
        }

        @Override
        public String[] getClientAliases(String keyType, Principal[] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
            return ALIAS;
        }

        @Override
        public String chooseEngineClientAlias(String[] keyType, Principal[] issuers, SSLEngine engine) {
            return ALIAS;
        }

        @Override
        public String[] getServerAliases(String keyType, Principal[] issuers) {
            return new String[0];
        }

        @Override
        public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
            throw new UnsupportedOperationException("it is a client");
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return new X509Certificate[] {identity.certificate};
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return identity.key;
        }
    }
}
