package io.dvcr.registry.event;

import io.dvcr.registry.event.DeliveryObserver.Outcome;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Posts events to one endpoint. Thread-safe. */
final class Delivery {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    /** The event itself will not do, so it is no use to send it again. Any other failure may pass, or be mended. */
    private static final Set<Integer> REFUSALS = Set.of(400, 413, 415, 422);

    private final HttpClient client;
    private final WebhookEndpoint endpoint;
    private final Optional<Signature> signature;
    private final Duration timeout;
    private final Clock clock;

    Delivery(HttpClient client, WebhookEndpoint endpoint, Duration timeout, Clock clock) {
        this.client = client;
        this.endpoint = endpoint;
        this.signature = endpoint.secret().map(Signature::new);
        this.timeout = timeout;
        this.clock = clock;
    }

    /** {@code DELIVERED}, {@code FAILED} or {@code REFUSED}. */
    Outcome attempt(String id, byte[] event) throws InterruptedIOException {
        try {
            int status = post(id, event);
            if (status / 100 == 2) {
                return Outcome.DELIVERED;
            }
            LOG.atDebug()
                    .addKeyValue("webhook", endpoint)
                    .addKeyValue("event", id)
                    .addKeyValue("status", status)
                    .log("an event was not taken");
            return REFUSALS.contains(status) ? Outcome.REFUSED : Outcome.FAILED;
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            LOG.atDebug()
                    .addKeyValue("webhook", endpoint)
                    .addKeyValue("event", id)
                    .setCause(e)
                    .log("an event could not be sent");
            return Outcome.FAILED;
        }
    }

    private int post(String id, byte[] event) throws IOException {
        CompletableFuture<HttpResponse<Void>> reply = client.sendAsync(request(id, event), BodyHandlers.discarding());
        try {
            return reply.get(timeout.toNanos(), TimeUnit.NANOSECONDS).statusCode();
        } catch (ExecutionException e) {
            throw new IOException("webhook " + endpoint + " cannot be reached", e.getCause());
        } catch (TimeoutException e) { // also of a reply whose head comes in time and whose body does not
            reply.cancel(true);
            throw new IOException("webhook " + endpoint + " took longer than " + timeout, e);
        } catch (InterruptedException e) {
            reply.cancel(true);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while an event was sent");
        }
    }

    private HttpRequest request(String id, byte[] event) {
        long now = clock.instant().getEpochSecond();
        HttpRequest.Builder request = HttpRequest.newBuilder(endpoint.url())
                .header("Content-Type", CloudEvent.CONTENT_TYPE)
                .header("User-Agent", "dvcr")
                .header("webhook-id", id)
                .header("webhook-timestamp", Long.toString(now))
                .POST(BodyPublishers.ofByteArray(event));
        signature.ifPresent(by -> request.header("webhook-signature", by.of(id, now, event)));
        endpoint.headers().forEach(request::setHeader);
        return request.build();
    }
}
