package io.dvcr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.e2e.fixture.Bytes;
import io.dvcr.e2e.fixture.Http.Answer;
import io.dvcr.e2e.fixture.Mortal;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Pushes blobs in every way there is, one taken at random each time. */
final class BlobPusher {
    private final Mortal server;
    private final Random random;
    private final List<String> repositories;

    BlobPusher(Mortal server, Random random, List<String> repositories) {
        this.server = server;
        this.random = random;
        this.repositories = repositories;
    }

    /** Returns when the server has said that the repository has the blob. */
    void push(String repository, byte[] content, String digest) throws Exception {
        boolean done = false;
        while (!done) {
            done = switch (random.nextInt(5)) {
                case 0 -> isThere(repository, digest);
                case 1, 2 -> pushWhole(repository, content, digest);
                case 3 -> mount(repository, content, digest);
                default -> pushChunks(repository, content, digest);
            };
        }
    }

    private boolean isThere(String repository, String digest) throws Exception {
        return server.insist(http -> http.head("/v2/" + repository + "/blobs/" + digest))
                        .status()
                == 200;
    }

    private boolean pushWhole(String repository, byte[] content, String digest) throws Exception {
        return isCreated(server.ask(http -> http.post(uploads(repository) + "?digest=" + digest, content)));
    }

    private boolean mount(String repository, byte[] content, String digest) throws Exception {
        String from = repositories.get(random.nextInt(repositories.size()));
        Optional<Answer> answer =
                server.ask(http -> http.post(uploads(repository) + "?mount=" + digest + "&from=" + from, new byte[0]));
        if (answer.isEmpty() || answer.get().status() == 201) {
            return answer.isPresent();
        }
        String location = answer.get().header("Location");
        return isCreated(server.ask(http -> http.put(location + "?digest=" + digest, content)));
    }

    private boolean pushChunks(String repository, byte[] content, String digest) throws Exception {
        Optional<String> location = begin(repository);
        int middle = random.nextInt(content.length);
        if (location.isEmpty() || !append(location.get(), Arrays.copyOf(content, middle))) {
            return false;
        }
        byte[] rest = Arrays.copyOfRange(content, middle, content.length);
        return isCreated(server.ask(http -> http.put(location.get() + "?digest=" + digest, rest)));
    }

    private Optional<String> begin(String repository) throws Exception {
        return server.ask(http -> http.post(uploads(repository), new byte[0])).map(answer -> answer.header("Location"));
    }

    private boolean append(String location, byte[] content) throws Exception {
        Optional<Answer> answer = server.ask(http -> http.patch(location, content));
        answer.ifPresent(now -> assertThat(now.status()).as(now.toString()).isEqualTo(202));
        return answer.isPresent();
    }

    private static boolean isCreated(Optional<Answer> answer) {
        answer.ifPresent(now -> assertThat(now.status()).as(now.toString()).isEqualTo(201));
        return answer.isPresent();
    }

    /** A blob that no manifest will name, deleted at once. */
    void comeAndGo(String repository) throws Exception {
        byte[] content = Bytes.random(random, 1000);
        String digest = Bytes.digest(content);
        push(repository, content, digest);
        String path = "/v2/" + repository + "/blobs/" + digest;
        assertThat(server.insist(http -> http.delete(path)).status()).isIn(202, 404); // the latter if it was collected
        assertThat(server.insist(http -> http.get(path)).status()).isEqualTo(404);
    }

    /** An upload that nobody goes on with. */
    void leaveBehind(String repository) throws Exception {
        Optional<String> location = begin(repository);
        if (location.isPresent()) {
            append(location.get(), Bytes.random(random, 1000));
        }
    }

    private static String uploads(String repository) {
        return "/v2/" + repository + "/blobs/uploads/";
    }
}
