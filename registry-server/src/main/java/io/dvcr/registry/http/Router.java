package io.dvcr.registry.http;

import io.dvcr.storage.RegistryError.MethodNotAllowed;
import io.dvcr.storage.RegistryError.NotFound;
import io.dvcr.storage.RegistryException;
import java.io.IOException;
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

    private final Guard guard;
    private final List<Route> routes;

    Router(Guard guard, List<Route> routes) {
        this.guard = guard;
        this.routes = List.copyOf(routes);
    }

    Reply answer(String method, Request request) {
        try {
            return route(method, request);
        } catch (RegistryException e) {
            LOG.atDebug().addKeyValue("path", request.path()).setCause(e).log("refused");
            return ErrorReply.of(e.error(), request.path());
        } catch (ClientGoneException e) {
            return Reply.of(499); // nobody reads it; for the access log
        } catch (IOException | RuntimeException | Error e) { // a client must not wait for an answer that never comes
            LOG.atError()
                    .addKeyValue("method", method)
                    .addKeyValue("path", request.path())
                    .setCause(e)
                    .log("request failed");
            return ErrorReply.internal(request.path());
        }
    }

    private Reply route(String method, Request request) throws IOException {
        Optional<Method> known = Method.named(method);
        Set<String> allowed = new TreeSet<>();
        for (Route route : routes) {
            Optional<Map<String, String>> parameters = route.match(request.path());
            if (parameters.isPresent() && known.equals(Optional.of(route.method()))) {
                return handle(request.withPathParameters(parameters.get()), route);
            }
            parameters.ifPresent(_ -> allowed.addAll(names(route.method())));
        }
        if (allowed.isEmpty()) {
            throw new RegistryException(new NotFound(request.path()));
        }
        return ErrorReply.of(new MethodNotAllowed(method), request.path()).with("Allow", String.join(", ", allowed));
    }

    private Reply handle(Request request, Route route) throws IOException {
        Request identified = request.by(guard.identify(request));
        identified.caller().require(route.access().neededBy(identified));
        return route.handler().handle(identified);
    }

    private static List<String> names(Method method) {
        return method == Method.GET ? List.of("GET", "HEAD") : List.of(method.name());
    }
}
