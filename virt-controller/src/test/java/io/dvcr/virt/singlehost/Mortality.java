package io.dvcr.virt.singlehost;

import java.util.ArrayList;
import java.util.List;

/**
 * Kills the controller that makes calls to the world around it: at one of them, it is as if the process had ended, before
 * the call took effect or right after. Later calls of the dead have no effect. Thread-safe.
 */
final class Mortality {
    /** What ends a thread of the dead; nobody catches it. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed() {
            super("killed", null, false, false);
        }
    }

    private final List<String> calls = new ArrayList<>();
    private int deadlyCall = Integer.MAX_VALUE;
    private boolean afterEffect;
    private boolean dead;

    /** Dies at the call after {@code callsBefore} more. */
    synchronized void dieAt(int callsBefore, boolean afterEffectOfIt) {
        calls.clear();
        deadlyCall = callsBefore;
        afterEffect = afterEffectOfIt;
        dead = false;
    }

    synchronized void live() {
        dieAt(Integer.MAX_VALUE, false);
    }

    synchronized boolean isDead() {
        return dead;
    }

    /** The calls since the last verdict. */
    synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    synchronized void before(String call) {
        calls.add(call);
        if (dead || (calls.size() - 1 == deadlyCall && !afterEffect)) {
            dead = true;
            throw new Killed();
        }
    }

    synchronized void after() {
        if (dead || calls.size() - 1 >= deadlyCall) {
            dead = true;
            throw new Killed();
        }
    }
}
