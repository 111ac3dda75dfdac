package io.dvcr.storage.content;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/**
 * Asks the store the same about many things, of which a disk's manifest names thousands: over a bucket each answer takes
 * a while, so several questions are on their way at once.
 */
final class Together {
    private static final int AT_ONCE = 16;

    /** So few are not worth any threads. */
    private static final int FEW = 2;

    private Together() {}

    /** Asks about one thing. */
    interface Question<T> {
        boolean ask(T thing) throws IOException;
    }

    /**
     * The first of {@code things} that {@code question} says yes to; those behind it may have been asked about.
     *
     * @throws IOException what {@code question} throws, or an {@link InterruptedIOException}
     */
    static <T> Optional<T> first(List<T> things, Question<T> question) throws IOException {
        if (things.size() <= FEW) {
            for (T thing : things) {
                if (question.ask(thing)) {
                    return Optional.of(thing);
                }
            }
            return Optional.empty();
        }
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            return first(things, answers(things, question, threads));
        } finally {
            threads.shutdownNow(); // whatever is still asked is of no use
            threads.close();
        }
    }

    private static <T> List<Future<Boolean>> answers(List<T> things, Question<T> question, ExecutorService threads) {
        Semaphore room = new Semaphore(AT_ONCE);
        List<Future<Boolean>> answers = new ArrayList<>(things.size());
        for (T thing : things) {
            answers.add(threads.submit(() -> {
                room.acquire();
                try {
                    return question.ask(thing);
                } finally {
                    room.release();
                }
            }));
        }
        return answers;
    }

    private static <T> Optional<T> first(List<T> things, List<Future<Boolean>> answers) throws IOException {
        for (int i = 0; i < things.size(); i++) {
            if (get(answers.get(i))) {
                return Optional.of(things.get(i));
            }
        }
        return Optional.empty();
    }

    private static boolean get(Future<Boolean> answer) throws IOException {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the store was asked");
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException cause -> throw cause;
                case RuntimeException cause -> throw cause;
                case null, default -> throw new IOException(e.getCause());
            }
        }
    }
}
