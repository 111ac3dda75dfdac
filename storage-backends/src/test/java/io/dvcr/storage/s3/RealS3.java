package io.dvcr.storage.s3;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.PullImageResultCallback;
import com.github.dockerjava.api.exception.NotFoundException;
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
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.MinIOContainer;

/**
 * Gives tests a real S3 server, the same to all: that of {@code $S3_TEST_ENDPOINT}, else MinIO where there is a Docker
 * that has it or can get it, else a Ceph of our own. One of them there must be.
 */
final class RealS3 implements ParameterResolver {
    private static final Path CEPH = Path.of("..", "e2e", "s3", "ceph.sh");
    private static final String MINIO = "minio/minio";
    private static final String MINIO_TAG = "RELEASE.2025-09-07T16-13-09Z";

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

    private interface Stop {
        void run() throws IOException;
    }

    private record Running(S3Endpoint endpoint, Stop stop) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            stop.run();
        }
    }

    private static Running start() {
        try {
            Optional<String> given = Optional.ofNullable(System.getenv("S3_TEST_ENDPOINT"));
            if (given.isPresent()) {
                return new Running(given(URI.create(given.get())), () -> {});
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

    /** Empty if there is no Docker, or a broken one, or it cannot get the image, or not run it. */
    private static Optional<Running> minio() {
        try {
            DockerClientFactory docker = DockerClientFactory.instance();
            if (!docker.isDockerAvailable()) {
                return Optional.empty();
            }
            requireImage(docker.client());
            MinIOContainer minio = new MinIOContainer(MINIO + ":" + MINIO_TAG);
            minio.start();
            URI url = URI.create(minio.getS3URL());
            return Optional.of(new Running(endpoint(url, minio.getUserName(), minio.getPassword()), minio::close));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (RuntimeException e) { // whatever of Docker's
            System.out.println("no MinIO: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** Tries once: testcontainers would go on trying for minutes. */
    private static void requireImage(DockerClient client) throws InterruptedException {
        try {
            client.inspectImageCmd(MINIO + ":" + MINIO_TAG).exec();
        } catch (NotFoundException e) {
            boolean ended = client.pullImageCmd(MINIO)
                    .withTag(MINIO_TAG)
                    .exec(new PullImageResultCallback())
                    .awaitCompletion(2, TimeUnit.MINUTES);
            if (!ended) {
                throw new IllegalStateException("its image does not come");
            }
        }
    }

    private static Running ceph() throws IOException {
        Path directory = Files.createTempDirectory("dvcr-ceph");
        int port = FreePort.find();
        String script = CEPH.toString();
        output(List.of(script, "start", directory.toString(), "" + port, "" + FreePort.find()));
        S3Endpoint endpoint = endpoint(URI.create("http://127.0.0.1:" + port), "dvcr-test", "dvcr-test-secret");
        return new Running(endpoint, () -> output(List.of(script, "stop", directory.toString())));
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
