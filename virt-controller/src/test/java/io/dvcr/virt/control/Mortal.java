package io.dvcr.virt.control;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between a controller and the world, and kills it: at one of its calls it is as if the process had ended, before
 * the call took effect or right after. Later calls of the dead have no effect. One for each life. Thread-safe.
 */
final class Mortal {
    /** What ends a thread of the dead; nobody catches it. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed() {
            super("killed", null, false, false);
        }
    }

    /** What only looks, or ends the life itself. */
    private static final Set<String> HARMLESS = Set.of(
            "find",
            "list",
            "get",
            "watch",
            "events",
            "note",
            "kvm",
            "guest",
            "defaultStorageClass",
            "transfer",
            "ownImage",
            "url",
            "toString",
            "hashCode",
            "equals");

    private final AtomicInteger callsLeft;
    private final boolean afterEffect;
    private volatile boolean dead;

    /** @param calls that it lives for */
    Mortal(int calls, boolean afterEffect) {
        this.callsLeft = new AtomicInteger(calls);
        this.afterEffect = afterEffect;
    }

    static Mortal random(Random random, int longest) {
        return new Mortal(random.nextInt(longest), random.nextBoolean());
    }

    static Mortal immortal() {
        return new Mortal(Integer.MAX_VALUE, false);
    }

    boolean isDead() {
        return dead;
    }

    <T> T between(Class<T> port, T world) {
        return port.cast(Proxy.newProxyInstance(
                port.getClassLoader(), new Class<?>[] {port}, (_, method, arguments) -> {
                    boolean isHarmless = HARMLESS.contains(method.getName());
                    boolean isDeadly = !isHarmless && callsLeft.decrementAndGet() < 0;
                    if (dead || (isDeadly && !afterEffect)) {
                        die();
                    }
                    try {
                        Object result = method.invoke(world, arguments);
                        if (isDeadly) {
                            die();
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    private void die() {
        dead = true;
        throw new Killed();
    }
}
