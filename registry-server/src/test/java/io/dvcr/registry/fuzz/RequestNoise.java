package io.dvcr.registry.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;

/** Requests as no client should send them, and some as it should. */
final class RequestNoise {
    private final Noise noise;

    RequestNoise(Noise noise) {
        this.noise = noise;
    }

    /** Everything that is sent on one connection before it is listened to. */
    byte[] connection() {
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        int requests = 1 + noise.below(3);
        for (int i = 0; i < requests; i++) {
            sent.writeBytes(
                    switch (noise.below(5)) {
                        case 0 -> noise.bytes(300);
                        case 1 -> noise.mutated(new String(request(), ISO_8859_1));
                        default -> request();
                    });
        }
        return sent.toByteArray();
    }

    private byte[] request() {
        byte[] body = noise.oneIn(2) ? new byte[0] : noise.json().getBytes(ISO_8859_1);
        StringBuilder head = new StringBuilder(
                method() + " " + target() + " " + noise.of("HTTP/1.1", "HTTP/1.1", "HTTP/1.0") + "\r\n");
        if (!noise.oneIn(20)) {
            head.append("Host: registry\r\n");
        }
        header(head, 2, "Content-Type", noise.mediaType());
        header(head, 4, "Range", noise.range());
        header(head, 4, "Content-Range", noise.range());
        header(head, 8, "If-Range", noise.of("\"x\"", "*", "W/\"x\""));
        header(head, 8, "If-None-Match", noise.of("*", "\"x\"", ",,,"));
        header(head, 8, "Accept", noise.of("*/*", "a", ";;;"));
        header(head, 8, "Authorization", noise.of("Basic x", "Bearer", "Basic " + "A".repeat(5000), "\u00ff"));
        header(head, 8, "X-Forwarded-For", noise.of("1.2.3.4", "x", ",,", "::1"));
        header(head, 8, "X-Request-Id", noise.odd(20).replaceAll("[\\r\\n]", ""));
        header(head, 16, "Expect", noise.of("100-continue", "200-ok"));
        header(head, 16, "Connection", noise.of("close", "keep-alive", "upgrade"));
        header(head, 16, "Upgrade", noise.of("h2c", "websocket"));
        return noise.oneIn(3) ? chunked(head, body) : sized(head, body);
    }

    private void header(StringBuilder head, int oneIn, String name, String value) {
        if (noise.oneIn(oneIn)) {
            head.append(name).append(": ").append(value).append("\r\n");
        }
    }

    private byte[] sized(StringBuilder head, byte[] body) {
        int announced = noise.oneIn(10) ? noise.below(2 * body.length + 10) : body.length;
        if (announced > 0 || noise.oneIn(2)) {
            head.append("Content-Length: ")
                    .append(noise.oneIn(50) ? "-1" : announced)
                    .append("\r\n");
        }
        return joined(head, body);
    }

    private byte[] chunked(StringBuilder head, byte[] body) {
        head.append("Transfer-Encoding: ")
                .append(noise.oneIn(20) ? "gzip" : "chunked")
                .append("\r\n");
        ByteArrayOutputStream chunks = new ByteArrayOutputStream();
        if (body.length > 0) {
            String size =
                    noise.oneIn(10) ? noise.of("-1", "zz", "ffffffffffffffffff") : Integer.toHexString(body.length);
            chunks.writeBytes((size + "\r\n").getBytes(ISO_8859_1));
            chunks.writeBytes(body);
            chunks.writeBytes("\r\n".getBytes(ISO_8859_1));
        }
        if (!noise.oneIn(10)) {
            chunks.writeBytes("0\r\n\r\n".getBytes(ISO_8859_1));
        }
        return joined(head, chunks.toByteArray());
    }

    private static byte[] joined(StringBuilder head, byte[] body) {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(head.append("\r\n").toString().getBytes(ISO_8859_1));
        request.writeBytes(body);
        return request.toByteArray();
    }

    private String method() {
        return noise.of("GET", "GET", "HEAD", "POST", "PUT", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "X");
    }

    private String target() {
        String upload = noise.of("11111111-2222-3333-4444-555555555555", "x", "..", "");
        String path = noise.of(
                "/",
                "/v2/",
                "/v2/_catalog",
                "/v2/" + noise.name() + "/tags/list",
                "/v2/" + noise.name() + "/manifests/" + noise.of("latest", noise.digest(), "-x"),
                "/v2/" + noise.name() + "/blobs/" + noise.digest(),
                "/v2/" + noise.name() + "/blobs/uploads/",
                "/v2/" + noise.name() + "/blobs/uploads/" + upload,
                "/v2/" + noise.name() + "/referrers/" + noise.digest(),
                "/api/v1/imports",
                "/api/v1/imports/" + upload,
                "/api/v1/images",
                "/api/v1/images/" + noise.name() + "/latest",
                "/api/v1/images/" + noise.name() + "/latest/disk",
                "/healthz",
                "/" + noise.odd(30).replaceAll("\\s", ""),
                "http://registry/v2/",
                "*");
        return path + noise.of(noise.queries().toArray(String[]::new));
    }
}
