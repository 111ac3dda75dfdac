package io.dvcr.registry.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** A token service of somebody else, which serves its keys over HTTP and can be out of order. */
final class ForeignIssuer implements Closeable {
    static final String NAME = "https://issuer.example";

    private final HttpServer http;
    private final Clock clock;
    final AtomicInteger asked = new AtomicInteger();
    private volatile JWKSet keys = new JWKSet();
    private volatile boolean broken;

    ForeignIssuer(Clock clock) throws IOException {
        this.clock = clock;
        http = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        http.createContext("/keys", exchange -> {
            asked.incrementAndGet();
            byte[] body = keys.toString().getBytes(UTF_8);
            exchange.sendResponseHeaders(broken ? 503 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        http.start();
    }

    IssuerSettings settings() {
        return settings(new IssuerSettings.Keys.At(
                URI.create("http://127.0.0.1:" + http.getAddress().getPort() + "/keys")));
    }

    static IssuerSettings settings(IssuerSettings.Keys keys) {
        return new IssuerSettings(
                NAME,
                "registry.example",
                URI.create("https://issuer.example/token"),
                keys,
                Set.of("ES256", "RS256"),
                Map.of("tenant", "one"),
                "sub",
                "groups");
    }

    static ECKey key() {
        try {
            return new ECKeyGenerator(Curve.P_256).keyIDFromThumbprint(true).generate();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    static RSAKey rsaKey() {
        try {
            return new RSAKeyGenerator(2048).keyIDFromThumbprint(true).generate();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    void serve(JWK... published) {
        keys = new JWKSet(List.of(published)).toPublicJWKSet();
    }

    void breakDown() {
        broken = true;
    }

    /** All that a token needs to be taken. */
    JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .issuer(NAME)
                .subject("dave")
                .audience(List.of("somebody else", "registry.example"))
                .expirationTime(Date.from(clock.instant().plusSeconds(600)))
                .claim("tenant", "one");
    }

    static Map<String, Object> access(String type, String name, String... actions) {
        return Map.of("type", type, "name", name, "actions", List.of(actions));
    }

    static String sign(JWK key, JWTClaimsSet claims) {
        try {
            JWSSigner signer = key instanceof RSAKey rsa ? new RSASSASigner(rsa) : new ECDSASigner(key.toECKey());
            return sign(key instanceof RSAKey ? JWSAlgorithm.RS256 : JWSAlgorithm.ES256, key, signer, claims);
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    static String sign(JWSAlgorithm algorithm, JWK key, JWSSigner signer, JWTClaimsSet claims) {
        try {
            SignedJWT token = new SignedJWT(
                    new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).build(), claims);
            token.sign(signer);
            return token.serialize();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
