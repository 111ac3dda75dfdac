package io.dvcr.virt.libvirt;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The test guest of {@code e2e/guest}, asked on its serial port; see {@code e2e/guest/agent}. The images are where
 * {@code ./check} puts them: in property {@code dvcr.e2e.images}.
 */
record GuestConsole(Path socket, Path log) {

    static Path image(String name) {
        Path images = Path.of(
                System.getProperty("dvcr.e2e.images", System.getProperty("user.home") + "/.cache/dvcr-e2e/images"));
        Path image = images.resolve(name);
        if (!Files.exists(image)) {
            throw new AssertionError(image + " is missing: e2e/guest/build-boot-disk.sh makes it");
        }
        return image;
    }

    String said() throws IOException {
        return Files.exists(log) ? Files.readString(log, StandardCharsets.ISO_8859_1) : "";
    }

    /** How often it was up, so far. */
    int boots() throws IOException {
        return said().split("GUEST-UP", -1).length - 1;
    }

    /** Asks until it is answered, as what is typed while a guest boots is lost. */
    List<String> awaitReport() throws Exception {
        for (int attempt = 0; attempt < 30; attempt++) {
            List<String> report = ask("report", Duration.ofSeconds(4));
            if (!report.isEmpty()) {
                return report;
            }
        }
        throw new AssertionError("the guest does not answer; it says " + said());
    }

    List<String> ask(String question) throws Exception {
        List<String> answer = ask(question, Duration.ofSeconds(60));
        if (answer.isEmpty()) {
            throw new AssertionError("the guest does not answer to " + question + "; it says " + said());
        }
        return answer;
    }

    /** Stays connected until the answer is there: QEMU drops what the guest has not read of one who has gone. */
    private List<String> ask(String question, Duration patience) throws Exception {
        String id = "q" + System.nanoTime();
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.write(ByteBuffer.wrap(("agent " + id + " " + question + "\n").getBytes(StandardCharsets.US_ASCII)));
            channel.configureBlocking(false);
            ByteBuffer drain = ByteBuffer.allocate(1 << 16);
            for (long end = System.nanoTime() + patience.toNanos(); System.nanoTime() - end < 0; Thread.sleep(50)) {
                channel.read(drain.clear());
                List<String> answer = answer(id);
                if (!answer.isEmpty()) {
                    return answer;
                }
            }
            return List.of();
        }
    }

    /** The lines that it has answered; empty until the answer is whole. */
    private List<String> answer(String id) throws IOException {
        String beginning = "AGENT " + id + " ";
        List<String> lines = said().lines()
                .filter(line -> line.startsWith(beginning))
                .map(line -> line.substring(beginning.length()))
                .toList();
        return lines.isEmpty() || !lines.getLast().matches("ok|failed.*") ? List.of() : lines;
    }
}
