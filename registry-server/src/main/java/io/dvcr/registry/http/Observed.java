package io.dvcr.registry.http;

import java.time.Duration;
import java.util.Optional;

/** What an observer is told of one exchange. Used by the thread that serves it. */
final class Observed {
    private final Exchange exchange;
    private final RequestObserver.Ending ending;
    private final long start = System.nanoTime();
    private Answer answer = Answer.unrouted(Reply.of(499)); // what it stays if not even a reply can be made
    private boolean complete;

    private Observed(Exchange exchange, RequestObserver.Ending ending) {
        this.exchange = exchange;
        this.ending = ending;
    }

    /** Names the request, in its reply as well. */
    static Observed begin(RequestObserver observer, Exchange exchange, Client client) {
        RequestHead.Headers headers =
                name -> Optional.ofNullable(exchange.request().getHeader(name));
        RequestHead head = new RequestHead(
                RequestId.of(headers.first(RequestId.HEADER)),
                exchange.request().method().name(),
                SecretPaths.masked(exchange.path()),
                exchange.isHttp2() ? "HTTP/2" : "HTTP/1.1",
                client,
                headers);
        exchange.request().response().putHeader(RequestId.HEADER, head.id());
        return new Observed(exchange, observer.begin(head));
    }

    void answer(Answer given) {
        answer = given;
    }

    /** The reply is sent, or on its way. */
    void complete() {
        complete = true;
    }

    void end() {
        ending.end(new RequestEnd(
                answer.route(),
                answer.caller(),
                answer.reply().status(),
                complete,
                exchange.request().bytesRead(),
                exchange.request().response().bytesWritten(),
                Duration.ofNanos(System.nanoTime() - start)));
    }
}
