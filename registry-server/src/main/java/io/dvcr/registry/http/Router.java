package io.dvcr.registry.http;

import io.dvcr.registry.access.Caller;
import io.dvcr.storage.RegistryError.MethodNotAllowed;
import io.dvcr.storage.RegistryError.NotFound;
import io.dvcr.storage.RegistryError.RequestTimeout;
import io.dvcr.storage.RegistryError.Unavailable;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.object.StorageFullException;
import io.dvcr.storage.object.StoreUnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the first route that takes a request, lets in who may, and makes an error reply of whatever goes wrong. What is
 * not a route is unknown to everyone, whoever they are.
 */
final class Router {
    private static final Logger LOG = LoggerFactory.getLogger(Router.class);

    private static final Unavailable STORE_DOWN =
            new Unavailable("the registry's store does not answer; try again later", Duration.ofSeconds(5));

    private final Guard guard;
    private final List<Route> routes;

    Router(Guard guard, List<Route> routes) {
        this.guard = guard;
        this.routes = List.copyOf(routes);
    }

    Answer answer(String method, Request request) {
        Optional<Method> known = Method.named(method);
        Set<String> allowed = new TreeSet<>();
        for (Route route : routes) {
            Optional<Map<String, String>> parameters = route.match(request.path());
            if (parameters.isPresent() && known.equals(Optional.of(route.method()))) {
                return answer(route, request.withPathParameters(parameters.get()));
            }
            parameters.ifPresent(_ -> allowed.addAll(names(route.method())));
        }
        return Answer.unrouted(
                allowed.isEmpty()
                        ? ErrorReply.of(new NotFound(request.path()), request.path())
                        : ErrorReply.of(new MethodNotAllowed(method), request.path())
                                .with("Allow", String.join(", ", allowed)));
    }

    private Answer answer(Route route, Request request) {
        Caller caller = Caller.NOBODY;
        Reply reply;
        try {
            caller = guard.identify(request);
            reply = handle(route, request.by(caller));
        } catch (IOException | RuntimeException | Error e) { // a client must not wait for an answer that never comes
            reply = failed(route, request, e);
        }
        return new Answer(route.template(), caller.name(), reply);
    }

    private static Reply failed(Route route, Request request, Throwable cause) {
        return switch (cause) {
            case RegistryException refused -> {
                LOG.atDebug()
                        .addKeyValue("path", SecretPaths.masked(request.path()))
                        .setCause(refused)
                        .log("refused");
                yield ErrorReply.of(refused.error(), request.path());
            }
            case ClientTooSlowException _ -> ErrorReply.of(new RequestTimeout(), request.path());
            case ClientGoneException _ -> Reply.of(499); // nobody reads it; for those who observe
            case Throwable full
            when StorageFullException.isBehind(full) -> {
                LOG.atWarn()
                        .addKeyValue("method", route.method())
                        .addKeyValue("path", SecretPaths.masked(request.path()))
                        .addKeyValue("cause", full.getMessage())
                        .log("refused: the storage is full");
                yield ErrorReply.storageFull(request.path());
            }
            case Throwable down
            when StoreUnavailableException.isBehind(down) -> {
                LOG.atWarn()
                        .addKeyValue("method", route.method())
                        .addKeyValue("path", SecretPaths.masked(request.path()))
                        .addKeyValue("cause", down.getMessage())
                        .log("refused: the store does not answer");
                yield ErrorReply.of(STORE_DOWN, request.path());
            }
            default -> {
                LOG.atError()
                        .addKeyValue("method", route.method())
                        .addKeyValue("path", SecretPaths.masked(request.path()))
                        .setCause(cause)
                        .log("request failed");
                yield ErrorReply.internal(request.path());
            }
        };
    }

    private static Reply handle(Route route, Request identified) throws IOException {
        identified.caller().require(route.access().neededBy(identified));
        return route.handler().handle(identified);
    }

    private static List<String> names(Method method) {
        return method == Method.GET ? List.of("GET", "HEAD") : List.of(method.name());
    }
}
