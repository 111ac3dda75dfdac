package io.dvcr.importers.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dvcr.importers.source.Backoff;
import io.dvcr.importers.source.RegistrySource;
import io.dvcr.importers.source.SecretName;
import io.dvcr.importers.source.SourceAccess;
import io.dvcr.importers.source.SourceException;
import io.dvcr.importers.source.SourceSecret;
import io.dvcr.importers.source.SourceSession;
import io.dvcr.storage.Digest;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.content.Manifest;
import io.dvcr.storage.content.StoredManifest;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One registry that is mirrored, asked at each of the places where it may be, in order: its mirrors, then itself. What it
 * answers is told as it is. An {@link UpstreamException} says that the last place did not give what was asked for. What a
 * digest names is verified where it comes whole. Thread-safe.
 */
public final class UpstreamRegistry implements Closeable {
    private static final int MAX_ANSWER_BYTES = 4 << 20;
    private static final int MAX_PAGES = 16;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern TOTAL = Pattern.compile("bytes [0-9]+-[0-9]+/([0-9]{1,18})");
    private static final Pattern NEXT = Pattern.compile("<([^>]*)>\\s*;\\s*rel=\"?next\"?");
    private static final Map<String, String> ACCEPT = Map.of(
            "Accept",
            String.join(
                    ", ",
                    Manifest.OCI_MANIFEST,
                    Manifest.OCI_INDEX,
                    "application/vnd.docker.distribution.manifest.v2+json",
                    "application/vnd.docker.distribution.manifest.list.v2+json"));

    /** Somebody waits for the answer, and most often there is an older one: less patience than imports have. */
    private static final Backoff BACKOFF = new Backoff(3, Duration.ofMillis(200), Duration.ofSeconds(1));

    private final String host;
    private final RegistrySettings settings;
    private final RegistryPatience patience;
    private final Map<URI, RegistryAuthorization> places = new HashMap<>();
    private final List<SourceSession> sessions = new ArrayList<>();

    /**
     * @param host such as {@code docker.io}
     * @param stall how long the next bytes of an answer may take
     */
    private UpstreamRegistry(String host, RegistrySettings settings, Duration stall) {
        this.host = host;
        this.settings = settings;
        this.patience = new RegistryPatience(stall, BACKOFF);
    }

    /**
     * @param secret what is shown to the registry itself, not to its mirrors; its certificates are read here, the rest
     *     whenever it is needed
     * @param local where its repositories are found here
     * @throws IOException if the secret cannot be used
     */
    public static UpstreamRegistry open(
            String host,
            RegistrySettings settings,
            SourceAccess access,
            Duration stall,
            Optional<SecretName> secret,
            RepositoryName local)
            throws IOException {
        UpstreamRegistry upstream = new UpstreamRegistry(host, settings, stall);
        List<URI> urls = upstream.placesOf(local).stream()
                .map(RegistryPlace::registry)
                .distinct()
                .toList();
        try {
            for (URI url : urls) {
                boolean isHome = url.equals(urls.getLast());
                upstream.add(url, access, isHome ? secret : Optional.empty(), local);
            }
        } catch (SourceException e) {
            upstream.close();
            throw new IOException(e.error().message(), e);
        }
        return upstream;
    }

    private void add(URI url, SourceAccess access, Optional<SecretName> secret, RepositoryName local) {
        Optional<SourceSecret> known = secret.map(name -> access.secret(name, url, local));
        SourceSession session = access.session(url, known);
        sessions.add(session);
        RegistryCredentials credentials = secret.<RegistryCredentials>map(name -> asked ->
                        SourceCredentials.of(access.secret(name, url, local)).find(asked))
                .or(() -> settings.dockerConfig().map(SourceCredentials::of))
                .orElse(RegistryCredentials.NONE);
        TokenService.Realms realms =
                known.<TokenService.Realms>map(shown -> shown::mayBeShownTo).orElse(TokenService.Realms.ALL);
        RegistryHttp http = new RegistryHttp(new JudgedTransport(session), patience);
        places.put(url, new RegistryAuthorization(url, credentials, http, realms));
    }

    private List<RegistryPlace> placesOf(RepositoryName repository) {
        ImageReference any = new ImageReference(repository, new Reference.ByTag(new Tag("latest")));
        return RegistryPlace.of(
                new RegistrySource(host, any, RegistrySource.DEFAULT_ARCHITECTURE, Optional.empty()), settings);
    }

    public String host() {
        return host;
    }

    /** The digest of what {@code reference} names; empty if the registry does not say without giving the manifest. */
    public Optional<Digest> resolve(RepositoryName repository, Reference reference) throws IOException {
        return ask(repository, place -> {
            RegistryResponse response =
                    place.send(RegistryRequest.head(ACCEPT), "manifests/" + reference, "manifest " + reference);
            response.body().close();
            return response.headers().firstValue("Docker-Content-Digest").flatMap(Digest::tryParse);
        });
    }

    public StoredManifest manifest(RepositoryName repository, Reference reference) throws IOException {
        return ask(repository, place -> {
            RegistryResponse response =
                    place.send(RegistryRequest.get(ACCEPT), "manifests/" + reference, "manifest " + reference);
            byte[] content = place.content(response, "manifest " + reference);
            Digest digest = Digest.sha256(content);
            if (reference instanceof Reference.ByDigest(Digest wanted)) {
                if (!wanted.isOf(content)) {
                    throw new IOException(host + " answered " + digest + " for manifest " + wanted);
                }
                digest = wanted;
            }
            String type = response.headers().firstValue("Content-Type").orElse(Manifest.OCI_MANIFEST);
            return new StoredManifest(digest, type.replaceAll("\\s*;.*", ""), content);
        });
    }

    /** The size of a blob in bytes. */
    public long blobSize(RepositoryName repository, Digest blob) throws IOException {
        return ask(repository, place -> {
            RegistryResponse response = place.send(RegistryRequest.head(Map.of()), "blobs/" + blob, "blob " + blob);
            response.body().close();
            Optional<Long> said = size(response, "Content-Length");
            return said.isPresent() ? said.get() : place.sizeOfRange(blob);
        });
    }

    private static Optional<Long> size(RegistryResponse response, String header) {
        return response.headers()
                .firstValue(header)
                .filter(value -> value.matches("\\d{1,18}"))
                .map(Long::parseLong);
    }

    /**
     * The {@code length} bytes from {@code offset} on of a blob. A connection that is cut is made again and goes on where
     * it stopped. The caller closes the stream, whose failures are {@link IOException}s.
     */
    public InputStream open(RepositoryName repository, Digest blob, long offset, long length) throws IOException {
        return ask(repository, place -> {
            InputStream first = place.range(blob, offset, offset + length); // here it may still be refused
            AtomicReference<Optional<InputStream>> unread = new AtomicReference<>(Optional.of(first));
            RangeStream.Opener opener = start -> {
                Optional<InputStream> opened = unread.getAndSet(Optional.empty());
                return opened.isPresent() ? opened.get() : place.range(blob, start, offset + length);
            };
            return new PlainFailures(new RangeStream(opener, offset, length, patience), first);
        });
    }

    /** One page of a list, and what {@code last} has to be for the next one, if there is one. */
    public record Page(List<JsonNode> entries, Optional<String> last) {
        public Page {
            entries = List.copyOf(entries);
        }
    }

    /** @param query as the specification has it, such as {@code n=10&last=a}; it may be empty */
    public Page tags(RepositoryName repository, String query) throws IOException {
        return ask(repository, place -> {
            String path = "tags/list" + (query.isEmpty() ? "" : "?" + query);
            RegistryResponse response = place.send(RegistryRequest.get(Map.of()), path, "the tags");
            JsonNode json = place.json(response, "the tags");
            Optional<String> last = next(response).map(UpstreamRegistry::lastOf).filter(known -> !known.isEmpty());
            return new Page(elements(json.path("tags")), last);
        });
    }

    /** All descriptors of what refers to {@code subject}; of a registry that has no such list, those in its tag. */
    public List<JsonNode> referrers(RepositoryName repository, Digest subject) throws IOException {
        return ask(repository, place -> {
            try {
                return place.referrers(subject);
            } catch (UpstreamException e) {
                if (!e.status().equals(Optional.of(404))) {
                    throw e;
                }
                return place.referrersByTag(subject);
            }
        });
    }

    private static List<JsonNode> elements(JsonNode array) {
        List<JsonNode> elements = new ArrayList<>();
        array.forEach(elements::add);
        return elements;
    }

    private static Optional<String> next(RegistryResponse response) {
        return response.headers()
                .firstValue("Link")
                .map(NEXT::matcher)
                .filter(Matcher::find)
                .map(link -> link.group(1));
    }

    private static String lastOf(String link) {
        Matcher last = Pattern.compile("[?&]last=([^&]*)").matcher(link);
        return last.find() ? last.group(1) : "";
    }

    private interface Question<T> {
        T ask(Place place) throws IOException;
    }

    private <T> T ask(RepositoryName repository, Question<T> question) throws IOException {
        List<RegistryPlace> all = placesOf(repository);
        for (RegistryPlace mirror : all.subList(0, all.size() - 1)) {
            try {
                return ask(mirror, question);
            } catch (UpstreamException e) {
                // the next one may have it
            }
        }
        return ask(all.getLast(), question);
    }

    private <T> T ask(RegistryPlace place, Question<T> question) throws IOException {
        RegistryAuthorization http = Optional.ofNullable(places.get(place.registry()))
                .orElseThrow(() -> new IllegalStateException(place.registry() + " is no place of " + host));
        try {
            return question.ask(new Place(http, place.image().repository()));
        } catch (UpstreamException | InterruptedIOException e) {
            throw e;
        } catch (IOException | SourceException e) {
            throw UpstreamException.silent(e);
        }
    }

    /** A repository at one place. */
    private final class Place {
        private final RegistryAuthorization http;
        private final RepositoryName repository;

        Place(RegistryAuthorization http, RepositoryName repository) {
            this.http = http;
            this.repository = repository;
        }

        /** An answer of status 200 or, to a range, 206. */
        RegistryResponse send(RegistryRequest request, String path, String what) throws IOException {
            String target = path.startsWith("/") ? path : "/v2/" + repository + "/" + path;
            RegistryResponse response = http.send(request, target, "repository:" + repository + ":pull");
            if (response.statusCode() == 200 || response.statusCode() == 206) {
                return response;
            }
            response.body().close();
            throw UpstreamException.answered(
                    response.statusCode(),
                    response.headers(),
                    host + " answered " + response.statusCode() + " for " + what + " of " + repository);
        }

        byte[] content(RegistryResponse response, String what) throws IOException {
            try (InputStream body = response.body()) {
                byte[] content = body.readNBytes(MAX_ANSWER_BYTES + 1);
                if (content.length > MAX_ANSWER_BYTES) {
                    throw new IOException(what + " is larger than " + MAX_ANSWER_BYTES + " bytes");
                }
                return content;
            }
        }

        JsonNode json(RegistryResponse response, String what) throws IOException {
            try {
                return JSON.readTree(content(response, what));
            } catch (JsonProcessingException e) {
                throw new IOException(host + " answered with what is not JSON for " + what, e);
            }
        }

        long sizeOfRange(Digest blob) throws IOException {
            RegistryResponse response =
                    send(RegistryRequest.get(Map.of("Range", "bytes=0-0")), "blobs/" + blob, "blob " + blob);
            response.body().close();
            return response.headers()
                    .firstValue("Content-Range")
                    .map(TOTAL::matcher)
                    .filter(Matcher::matches)
                    .map(total -> Long.parseLong(total.group(1)))
                    .or(() -> size(response, "Content-Length").filter(_ -> response.statusCode() == 200))
                    .orElseThrow(() -> new IOException(host + " does not tell the size of blob " + blob));
        }

        InputStream range(Digest blob, long start, long end) throws IOException {
            Map<String, String> range = Map.of("Range", "bytes=" + start + "-" + (end - 1));
            RegistryResponse response = send(RegistryRequest.get(range), "blobs/" + blob, "blob " + blob);
            try {
                if (response.statusCode() == 200) { // a registry need not know ranges
                    response.body().skipNBytes(start);
                } else if (!startsAt(response, start)) {
                    throw new IOException(host + " sends another part of blob " + blob + " than was asked for");
                }
                return response.body();
            } catch (IOException e) {
                response.body().close();
                throw e;
            }
        }

        private static boolean startsAt(RegistryResponse response, long start) {
            return response.headers()
                    .firstValue("Content-Range")
                    .filter(range -> !range.startsWith("bytes " + start + "-"))
                    .isEmpty();
        }

        List<JsonNode> referrers(Digest subject) throws IOException {
            List<JsonNode> descriptors = new ArrayList<>();
            String what = "the referrers of " + subject;
            Optional<String> path = Optional.of("referrers/" + subject);
            for (int page = 0; page < MAX_PAGES && path.isPresent(); page++) {
                RegistryResponse response = send(RegistryRequest.get(Map.of()), path.get(), what);
                descriptors.addAll(elements(json(response, what).path("manifests")));
                path = next(response)
                        .map(link -> link.startsWith("/") ? link : "referrers/" + subject + "?" + query(link));
            }
            return List.copyOf(descriptors);
        }

        private static String query(String link) {
            return link.substring(link.indexOf('?') + 1);
        }

        /** The specification's "Referrers Tag Schema". */
        List<JsonNode> referrersByTag(Digest subject) throws IOException {
            String tag = subject.algorithm().prefix() + "-" + subject.hex();
            String what = "the referrers of " + subject;
            try {
                RegistryResponse response = send(RegistryRequest.get(ACCEPT), "manifests/" + tag, what);
                return elements(json(response, what).path("manifests"));
            } catch (UpstreamException e) {
                if (e.status().equals(Optional.of(404))) {
                    return List.of();
                }
                throw e;
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (SourceSession session : sessions) {
            session.close();
        }
    }
}
