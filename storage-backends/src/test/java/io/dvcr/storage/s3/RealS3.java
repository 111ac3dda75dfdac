package io.dvcr.storage.s3;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests a real S3 server, the same to all: that of {@code $S3_TEST_ENDPOINT}, else MinIO where there is a Docker
 * that can get it, else a Ceph of our own. One of them there must be.
 */
final class RealS3 implements ParameterResolver {
    private static final Path CEPH = Path.of("..", "e2e", "s3", "ceph.sh");
    private static final String MINIO = "minio/minio:latest";
    private static final int MINIO_PORT = 9000;

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == S3Endpoint.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(Namespace.create(RealS3.class))
                .computeIfAbsent("server", _ -> start(), Running.class)
                .endpoint();
    }

    /** @param stop the command that ends it; none if it is not ours */
    private record Running(S3Endpoint endpoint, List<String> stop) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            if (!stop.isEmpty()) {
                output(stop);
            }
        }
    }

    private static Running start() {
        try {
            Optional<String> given = Optional.ofNullable(System.getenv("S3_TEST_ENDPOINT"));
            if (given.isPresent()) {
                return new Running(given(URI.create(given.get())), List.of());
            }
            Optional<Running> minio = minio();
            return minio.isPresent() ? minio.get() : ceph();
        } catch (IOException e) {
            throw new IllegalStateException("there is no S3 server to test with", e);
        }
    }

    private static S3Endpoint given(URI url) {
        return endpoint(url, variable("S3_TEST_ACCESS_KEY", "test"), variable("S3_TEST_SECRET_KEY", "test"));
    }

    private static String variable(String name, String otherwise) {
        return Optional.ofNullable(System.getenv(name)).orElse(otherwise);
    }

    private static S3Endpoint endpoint(URI url, String accessKey, String secretKey) {
        return new S3Endpoint(
                        url,
                        variable("S3_TEST_REGION", "us-east-1"),
                        variable("S3_TEST_BUCKET", "dvcr-test"),
                        accessKey,
                        secretKey)
                .withBucket();
    }

    private static Optional<Running> minio() throws IOException {
        try {
            output(List.of("docker", "pull", "--quiet", MINIO));
        } catch (IOException e) {
            return Optional.empty(); // no Docker, or it cannot get the image
        }
        int port = FreePort.find();
        String container = output(List.of(
                "docker",
                "run",
                "--detach",
                "--rm",
                "--publish",
                "127.0.0.1:" + port + ":" + MINIO_PORT,
                MINIO,
                "server",
                "/data"));
        S3Endpoint endpoint = endpoint(URI.create("http://127.0.0.1:" + port), "minioadmin", "minioadmin");
        return Optional.of(new Running(endpoint, List.of("docker", "stop", container)));
    }

    private static Running ceph() throws IOException {
        Path directory = Files.createTempDirectory("dvcr-ceph");
        int port = FreePort.find();
        String script = CEPH.toString();
        output(List.of(script, "start", directory.toString(), "" + port, "" + FreePort.find()));
        S3Endpoint endpoint = endpoint(URI.create("http://127.0.0.1:" + port), "dvcr-test", "dvcr-test-secret");
        return new Running(endpoint, List.of(script, "stop", directory.toString()));
    }

    /** @throws IOException if the command fails, with what it says */
    private static String output(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(2, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IOException(String.join(" ", command) + ": " + output);
            }
            return output.strip();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
