package io.dvcr.registry.http;

import java.util.ArrayList;
import java.util.List;

/**
 * Is told of every request as it begins and as it ends: what writes the access log, counts and traces. Both calls come
 * on the thread that serves the request, so what is bound to the thread in the first can be let go of in the second. An
 * observer must not throw, nor wait for anything. Thread-safe.
 */
@FunctionalInterface
public interface RequestObserver {

    /** Looks at nothing. */
    RequestObserver NONE = _ -> _ -> {};

    /** A request has come; its body may still be on its way. */
    Ending begin(RequestHead head);

    /** Waits for the end of one request. */
    @FunctionalInterface
    interface Ending {

        /** The reply is out, or will never be. Called exactly once. */
        void end(RequestEnd end);
    }

    /** All of {@code observers}: what begins first ends last. */
    static RequestObserver all(List<RequestObserver> observers) {
        List<RequestObserver> inOrder = List.copyOf(observers);
        return head -> {
            List<Ending> endings = new ArrayList<>(inOrder.size());
            for (RequestObserver observer : inOrder) {
                endings.add(observer.begin(head));
            }
            return end -> {
                for (int i = endings.size() - 1; i >= 0; i--) {
                    endings.get(i).end(end);
                }
            };
        };
    }
}
