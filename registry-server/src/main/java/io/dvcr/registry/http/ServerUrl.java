package io.dvcr.registry.http;

import java.net.URI;

/** Where clients reach this server. */
@FunctionalInterface
public interface ServerUrl {

    /** Without a path, as far as it is configured or {@code request} tells. */
    URI asSeenBy(Request request);
}
