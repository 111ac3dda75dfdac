package io.dvcr.registry.event;

/** Is told what became of events. Thread-safe. */
@FunctionalInterface
public interface DeliveryObserver {

    /** Looks at nothing. */
    DeliveryObserver NONE = (_, _) -> {};

    /** How an attempt to deliver an event ended, or how the event did without one. */
    enum Outcome {
        DELIVERED,
        /** It is tried again. */
        FAILED,
        /** The endpoint does not want this event, now or ever. */
        REFUSED,
        /** The endpoint failed for too long. */
        EXPIRED,
        /** Too many waited, and this one was the oldest. */
        DISPLACED
    }

    void ended(String endpoint, Outcome outcome);
}
