package io.dvcr.storage.content;

import io.dvcr.storage.Digest;
import java.time.Instant;
import java.util.Optional;

/**
 * How far the registry is in making another manifest out of one that a client pushed.
 *
 * @param begun when it was first meant to
 * @param derived the manifest made, or about to be stored
 * @param fault present if the phase is {@link Phase#FAILED}
 */
public record Derivation(Phase phase, Instant begun, Optional<Digest> derived, Optional<Fault> fault) {

    /** Where it is in its life. */
    public enum Phase {
        /** It is to be made, or is being made. */
        PENDING,
        READY,
        FAILED
    }

    /**
     * Why nothing can be made of it.
     *
     * @param code stable, for programs
     * @param message for people
     */
    public record Fault(String code, String message) {}

    public static Derivation pending(Instant begun) {
        return new Derivation(Phase.PENDING, begun, Optional.empty(), Optional.empty());
    }

    /** The same, once it is known what the result is called: whoever finds it stored need not make it again. */
    public Derivation announcing(Digest result) {
        return new Derivation(Phase.PENDING, begun, Optional.of(result), Optional.empty());
    }

    public Derivation ready(Digest result) {
        return new Derivation(Phase.READY, begun, Optional.of(result), Optional.empty());
    }

    public Derivation failed(Fault why) {
        return new Derivation(Phase.FAILED, begun, Optional.empty(), Optional.of(why));
    }
}
