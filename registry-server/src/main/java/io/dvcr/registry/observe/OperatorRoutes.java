package io.dvcr.registry.observe;

import static io.dvcr.registry.http.Method.GET;

import io.dvcr.registry.http.Access;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Route;
import java.util.List;

/** What the programs of operators ask for. */
public final class OperatorRoutes {
    private OperatorRoutes() {}

    /** To see whether the server is well takes nothing: what asks for it has no credentials. */
    public static List<Route> over(Metrics metrics, Readiness readiness, MetricsSettings settings) {
        Access toMetrics = settings.anonymous() ? Access.open() : Access.administration();
        return List.of(
                Route.of(GET, "/healthz", Access.open(), _ -> Reply.text(200, "ok\n")),
                Route.of(GET, "/readyz", Access.open(), readiness::answer),
                Route.of(GET, "/metrics", toMetrics, metrics::scrape));
    }
}
