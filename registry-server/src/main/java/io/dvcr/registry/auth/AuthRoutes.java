package io.dvcr.registry.auth;

import static io.dvcr.registry.http.Method.DELETE;
import static io.dvcr.registry.http.Method.GET;
import static io.dvcr.registry.http.Method.POST;

import io.dvcr.registry.http.Access;
import io.dvcr.registry.http.Route;
import java.util.List;

/** Every endpoint of this package. */
final class AuthRoutes {
    private AuthRoutes() {}

    static List<Route> of(Authentication authentication, Policy.Shared shared) {
        TokenEndpoint tokens = new TokenEndpoint(authentication, shared.tokens(), shared.clock());
        RobotEndpoint robots = new RobotEndpoint(shared.robots(), shared.clock());
        return List.of(
                Route.of(GET, Challenge.TOKEN_PATH, Access.open(), tokens::get),
                Route.of(POST, Challenge.TOKEN_PATH, Access.open(), tokens::post),
                Route.of(GET, "/\\.well-known/jwks\\.json", Access.open(), tokens::keys),
                Route.of(POST, "/api/v1/tokens", Access.administration(), robots::create),
                Route.of(GET, "/api/v1/tokens", Access.administration(), robots::list),
                Route.of(DELETE, "/api/v1/tokens/(?<robot>[^/]+)", Access.administration(), robots::revoke));
    }
}
