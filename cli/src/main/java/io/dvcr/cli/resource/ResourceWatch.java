package io.dvcr.cli.resource;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Reply.Body;
import io.dvcr.registry.http.Request;
import io.dvcr.registry.http.StatusReply;
import io.dvcr.storage.RegistryError.Gone;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryError.TooManyRequests;
import io.dvcr.storage.RegistryException;
import io.dvcr.virt.resource.Resource;
import io.dvcr.virt.resource.ResourceJson;
import io.dvcr.virt.store.ChangeLog;
import io.dvcr.virt.store.ChangeLog.Entry;
import io.dvcr.virt.store.ResourceFiles;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * {@code GET <collection>?watch=true}: changes as they happen, a line of JSON each (<a
 * href="https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes">Efficient detection
 * of changes</a>). A client that is slow costs no memory: it is told that it has missed too much. Thread-safe.
 */
final class ResourceWatch {
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    /** Then the client comes again, and whether it may is judged again. */
    private static final Duration LONGEST = Duration.ofHours(1);

    /** Each is a request that is under way: they must not take all the places of the others. */
    private static final int MAX_STREAMS = 256;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(10);

    private final ResourceFiles resources;
    private final Semaphore streams = new Semaphore(MAX_STREAMS);

    ResourceWatch(ResourceFiles resources) {
        this.resources = resources;
    }

    /**
     * What is sent.
     *
     * @param from the version that the client knows; empty if it knows nothing, and is told what there is first
     * @param bookmarks whether it wants to be told of versions while nothing changes that it cares for
     */
    private record Following(ResourceFilter filter, Optional<Long> from, boolean bookmarks, Duration longest) {}

    Reply reply(ResourceFilter filter, Request request) {
        Optional<Long> from = request.query("resourceVersion")
                .filter(text -> !text.isEmpty() && !text.equals("0"))
                .map(ResourceWatch::version);
        Duration longest = Duration.ofSeconds(
                request.count("timeoutSeconds", (int) LONGEST.toSeconds(), (int) LONGEST.toSeconds()));
        boolean bookmarks = ResourceQueries.isTrue(request, "allowWatchBookmarks");
        Following following = new Following(filter, from, bookmarks, longest);
        if (!streams.tryAcquire()) {
            throw new RegistryException(
                    new TooManyRequests("there are " + MAX_STREAMS + " watches already", RETRY_AFTER));
        }
        return Reply.of(200, new Body.Live(out -> write(following, out), streams::release))
                .with("Content-Type", "application/json")
                .with("Cache-Control", "no-store")
                .with("X-Accel-Buffering", "no"); // or nginx would hold changes back
    }

    private static long version(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new RegistryException(new RequestInvalid("resourceVersion is a number, not \"" + text + "\""));
        }
    }

    private void write(Following following, OutputStream out) throws IOException {
        long version = following.from().orElseGet(() -> resources.changes().last());
        Map<String, String> told = following.from().isPresent() ? Map.of() : tellAll(following.filter(), out);
        out.flush();
        ChangeLog changes = resources.changes();
        long end = System.nanoTime() + following.longest().toNanos();
        try {
            while (!changes.isClosed() && System.nanoTime() < end) {
                Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
                List<Entry> entries = changes.after(version, left.compareTo(HEARTBEAT) < 0 ? left : HEARTBEAT);
                for (Entry entry : entries) {
                    version = entry.version();
                    tell(following.filter(), told, entry, out);
                }
                if (entries.isEmpty()) {
                    keepAlive(following, version, out);
                }
                out.flush();
            }
        } catch (RegistryException e) {
            if (!(e.error() instanceof Gone)) {
                throw e;
            }
            line(
                    "ERROR",
                    StatusReply.json(410, "Expired", e.error().message(), JsonNodeFactory.instance.objectNode()),
                    out);
            out.flush();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for changes");
        }
    }

    /** Returns the version of each that was told, by uid. */
    private Map<String, String> tellAll(ResourceFilter filter, OutputStream out) throws IOException {
        Map<String, String> told = new HashMap<>();
        for (Resource<?, ?> resource : resources.list(filter.type())) {
            if (filter.matches(resource)) {
                line("ADDED", ResourceJson.write(resource), out);
                told.put(resource.uid(), resource.metadata().resourceVersion().orElse(""));
            }
        }
        return told;
    }

    /** A resource that begins to match is added to what the client sees, and one that does so no more is deleted from it. */
    private static void tell(ResourceFilter filter, Map<String, String> told, Entry entry, OutputStream out)
            throws IOException {
        Resource<?, ?> resource = entry.change().resource();
        String known = told.getOrDefault(resource.uid(), "0");
        if (!resource.type().equals(filter.type()) || Long.parseLong(known) >= entry.version()) {
            return;
        }
        boolean before = entry.before().filter(filter::matches).isPresent();
        boolean after = filter.matches(resource);
        boolean isThere = switch (entry.change().kind()) {
            case ADDED, MODIFIED -> true;
            case DELETED -> false;
        };
        if (after && isThere) {
            line(before ? "MODIFIED" : "ADDED", ResourceJson.write(resource), out);
        } else if (before) {
            line("DELETED", ResourceJson.write(resource), out);
        }
    }

    /** By this it is noticed that a client is gone. */
    private static void keepAlive(Following following, long version, OutputStream out) throws IOException {
        if (following.bookmarks()) {
            ObjectNode bookmark = JsonNodeFactory.instance.objectNode();
            bookmark.put("kind", following.filter().type().kind());
            bookmark.put("apiVersion", following.filter().type().apiVersion());
            bookmark.putObject("metadata").put("resourceVersion", Long.toString(version));
            line("BOOKMARK", bookmark, out);
        } else {
            out.write('\n');
        }
    }

    private static void line(String type, JsonNode object, OutputStream out) throws IOException {
        ObjectNode event = JsonNodeFactory.instance.objectNode().put("type", type);
        event.set("object", object);
        out.write((event + "\n").getBytes(UTF_8)); // JSON is written on one line
    }
}
