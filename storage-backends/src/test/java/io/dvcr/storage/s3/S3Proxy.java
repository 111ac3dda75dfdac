package io.dvcr.storage.s3;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests an S3Proxy that keeps objects in memory: one process for all of them. */
final class S3Proxy implements ParameterResolver {
    private static final Path CLASS_PATH = Path.of("..", "e2e", "s3proxy", "target", "classpath");

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == S3Endpoint.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(Namespace.create(S3Proxy.class))
                .computeIfAbsent("server", _ -> Running.start(), Running.class)
                .endpoint();
    }

    private record Running(Process process, Path directory, S3Endpoint endpoint) implements AutoCloseable {
        static Running start() {
            try {
                int port = FreePort.find();
                Path directory = Files.createTempDirectory("s3proxy");
                S3Endpoint endpoint =
                        new S3Endpoint(URI.create("http://127.0.0.1:" + port), "us-east-1", "dvcr", "test", "secret");
                Path properties = Files.writeString(directory.resolve("properties"), """
                        s3proxy.endpoint=http://127.0.0.1:%d
                        s3proxy.authorization=aws-v2-or-v4
                        s3proxy.identity=test
                        s3proxy.credential=secret
                        jclouds.provider=transient-nio2
                        jclouds.identity=any
                        jclouds.credential=any
                        """.formatted(port));
                Process process = new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-Xmx512m",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                Files.readString(CLASS_PATH),
                                "org.gaul.s3proxy.Main",
                                "--properties",
                                properties.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("log").toFile())
                        .start();
                awaitPort(process, port, directory);
                return new Running(process, directory, endpoint.withBucket());
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException("S3Proxy does not start", e);
            }
        }

        private static void awaitPort(Process process, int port, Path directory)
                throws IOException, InterruptedException {
            while (process.isAlive()) {
                try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    return;
                } catch (IOException e) {
                    Thread.sleep(50);
                }
            }
            throw new IOException("it ended: " + Files.readString(directory.resolve("log")));
        }

        @Override
        public void close() throws IOException {
            process.destroyForcibly().onExit().join();
            for (String file : List.of("properties", "log")) {
                Files.deleteIfExists(directory.resolve(file));
            }
            Files.delete(directory);
        }
    }
}
