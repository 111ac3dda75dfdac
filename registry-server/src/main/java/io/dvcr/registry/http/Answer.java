package io.dvcr.registry.http;

import java.util.Optional;

/** A reply, and who made it for whom. */
record Answer(String route, Optional<String> caller, Reply reply) {

    static Answer unrouted(Reply reply) {
        return new Answer(RequestEnd.UNROUTED, Optional.empty(), reply);
    }
}
