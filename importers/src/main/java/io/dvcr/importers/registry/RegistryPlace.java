package io.dvcr.importers.registry;

import io.dvcr.importers.source.RegistrySource;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.RepositoryName;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where an image may be: the registry that its reference names, or a mirror of it.
 *
 * @param registry without a path
 * @param image by its name there
 */
record RegistryPlace(URI registry, ImageReference image) {
    private static final Pattern LOOPBACK = Pattern.compile("(?:localhost|127(?:\\.\\d{1,3}){3})(?::\\d+)?");

    /** All that Docker Hub is called; the first is where its API is. */
    private static final Set<String> DOCKER_HUB = Set.of("registry-1.docker.io", "docker.io", "index.docker.io");

    private static final URI DOCKER_HUB_API = URI.create("https://registry-1.docker.io");

    /** In the order in which they are to be asked. */
    static List<RegistryPlace> of(RegistrySource source, RegistrySettings settings) {
        List<RegistryPlace> places = new ArrayList<>();
        for (RegistrySettings.Mirror mirror : settings.mirrors()) {
            if (canonical(mirror.of()).equals(canonical(source.host()))) {
                places.add(at(mirror.url(), source.image()));
            }
        }
        places.add(new RegistryPlace(home(source.host(), settings), source.image()));
        return List.copyOf(places);
    }

    private static RegistryPlace at(URI mirror, ImageReference image) {
        String prefix = mirror.getPath().replaceAll("^/+|/+$", "");
        RepositoryName repository =
                prefix.isEmpty() ? image.repository() : RepositoryName.parse(prefix + "/" + image.repository());
        return new RegistryPlace(mirror.resolve("/"), new ImageReference(repository, image.reference()));
    }

    private static URI home(String host, RegistrySettings settings) {
        if (DOCKER_HUB.contains(host)) {
            return DOCKER_HUB_API;
        }
        boolean plain = LOOPBACK.matcher(host).matches() || settings.plainHttp().contains(host);
        return URI.create((plain ? "http://" : "https://") + host);
    }

    private static String canonical(String host) {
        return DOCKER_HUB.contains(host) ? DOCKER_HUB_API.getHost() : host;
    }
}
