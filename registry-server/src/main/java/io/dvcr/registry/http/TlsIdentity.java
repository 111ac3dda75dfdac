package io.dvcr.registry.http;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.X509KeyManager;
import javax.net.ssl.X509TrustManager;

/**
 * What a server proves with who it is, known to be usable.
 *
 * @param certificate the server's own
 */
record TlsIdentity(ServerSSLOptions options, X509Certificate certificate) {
    private static final Set<String> PROTOCOLS = Set.of("TLSv1.2", "TLSv1.3");
    private static final List<String> KEY_TYPES = List.of("RSA", "EC");
    private static final byte[] PROBE = {42};

    /** @throws IOException if the files hold something else, or do not belong together; the message says what */
    static TlsIdentity of(PemFiles files, Vertx vertx) throws IOException {
        PemKeyCertOptions key = new PemKeyCertOptions()
                .addCertValue(Buffer.buffer(files.certificateChain()))
                .addKeyValue(Buffer.buffer(files.privateKey()));
        X509Certificate certificate = certificate(key, vertx);
        ServerSSLOptions options = new ServerSSLOptions().setKeyCertOptions(key).setUseAlpn(true);
        options.setEnabledSecureTransportProtocols(PROTOCOLS);
        if (files.clientAuthorities().isPresent()) {
            PemTrustOptions authorities = new PemTrustOptions()
                    .addCertValue(Buffer.buffer(files.clientAuthorities().get()));
            requireAuthority(authorities, vertx);
            options.setTrustOptions(authorities).setClientAuth(ClientAuth.REQUEST);
        }
        return new TlsIdentity(options, certificate);
    }

    private static X509Certificate certificate(PemKeyCertOptions options, Vertx vertx) throws IOException {
        X509KeyManager keys;
        try {
            keys = one(X509KeyManager.class, options.getKeyManagerFactory(vertx).getKeyManagers());
        } catch (Exception e) { // Vert.x declares, and throws, anything
            throw new IOException("the certificate chain or the private key cannot be used: " + e.getMessage(), e);
        }
        String alias = KEY_TYPES.stream()
                .flatMap(type -> Stream.ofNullable(keys.getServerAliases(type, null)))
                .flatMap(Arrays::stream)
                .findFirst()
                .orElseThrow(() -> new IOException("the certificate is neither for a key of RSA nor of EC"));
        X509Certificate certificate = keys.getCertificateChain(alias)[0];
        if (!belongTogether(keys.getPrivateKey(alias), certificate.getPublicKey())) {
            throw new IOException("the private key is not that of the certificate");
        }
        return certificate;
    }

    /** Which the JDK does not ask until a client connects, who then pays for it. */
    private static boolean belongTogether(PrivateKey privateKey, PublicKey publicKey) {
        try {
            Signature signature =
                    Signature.getInstance(publicKey.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA");
            signature.initSign(privateKey);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static void requireAuthority(PemTrustOptions options, Vertx vertx) throws IOException {
        int authorities;
        try {
            authorities = one(
                            X509TrustManager.class,
                            options.getTrustManagerFactory(vertx).getTrustManagers())
                    .getAcceptedIssuers()
                    .length;
        } catch (Exception e) { // Vert.x declares, and throws, anything
            throw new IOException("the clients' authorities cannot be used: " + e.getMessage(), e);
        }
        if (authorities == 0) {
            throw new IOException("there is no certificate among the clients' authorities");
        }
    }

    private static <T> T one(Class<T> type, Object[] managers) {
        return Stream.of(managers)
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no " + type.getSimpleName()));
    }
}
