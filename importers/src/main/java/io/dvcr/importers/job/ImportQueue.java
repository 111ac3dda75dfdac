package io.dvcr.importers.job;

import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whose turn it is. Parties take turns, however many imports each has waiting; those of one party run in the order they
 * came. Imports to the same tag run one after the other, whoever asked for them, so that the tag names in the end what
 * was asked for last. Thread-safe.
 */
final class ImportQueue {
    /** That in which jobs to one tag run. */
    static final Comparator<ImportJob> ORDER =
            Comparator.comparing(ImportJob::created).thenComparing(ImportJob::id);

    /** Those that wait, by who asked for them: whose turn is next comes first. */
    private final Map<Party, Deque<RunningImport>> waiting = new LinkedHashMap<>();

    /** Those that have not ended, by what they are to change, in the order they came. */
    private final Map<Target, Deque<RunningImport>> targets = new HashMap<>();

    /** What an import is to change. */
    private record Target(RepositoryName repository, Tag tag) {
        static Target of(RunningImport running) {
            return of(running.request());
        }

        static Target of(ImportRequest request) {
            return new Target(request.repository(), request.tag());
        }
    }

    /** Who has a turn of their own: an account, or all anonymous callers who import to one namespace. */
    private sealed interface Party {
        record Account(String name) implements Party {}

        record Namespace(String name) implements Party {}

        static Party of(ImportJob job) {
            String repository = job.request().repository().value();
            return job.requestedBy()
                    .<Party>map(Account::new)
                    .orElseGet(() -> new Namespace(repository.split("/", 2)[0]));
        }
    }

    synchronized void add(RunningImport running) {
        waiting.computeIfAbsent(Party.of(running.snapshot()), _ -> new ArrayDeque<>())
                .addLast(running);
        addInOrder(targets.computeIfAbsent(Target.of(running), _ -> new ArrayDeque<>()), running);
    }

    /** Another server's import may become known late. */
    private static void addInOrder(Deque<RunningImport> others, RunningImport running) {
        Deque<RunningImport> later = new ArrayDeque<>();
        while (!others.isEmpty()
                && ORDER.compare(running.snapshot(), others.getLast().snapshot()) < 0) {
            later.addFirst(others.removeLast());
        }
        others.addLast(running);
        others.addAll(later);
    }

    /** Has an import wait again whose turn it was but that could not run. */
    synchronized void putBack(RunningImport running) {
        Deque<RunningImport> like = waiting.computeIfAbsent(Party.of(running.snapshot()), _ -> new ArrayDeque<>());
        if (!like.contains(running)) {
            like.addFirst(running);
        }
    }

    /** The import whose turn it is, which waits no longer; empty if none may run now. */
    synchronized Optional<RunningImport> take() {
        for (Map.Entry<Party, Deque<RunningImport>> party : List.copyOf(waiting.entrySet())) {
            for (RunningImport running : party.getValue()) {
                if (isFirst(running)) {
                    waiting.remove(party.getKey());
                    party.getValue().remove(running);
                    if (!party.getValue().isEmpty()) {
                        waiting.put(party.getKey(), party.getValue()); // behind the others
                    }
                    return Optional.of(running);
                }
            }
        }
        return Optional.empty();
    }

    /** Whether no import to the same tag comes before it. */
    synchronized boolean isFirst(RunningImport running) {
        Deque<RunningImport> others = targets.get(Target.of(running));
        return others != null && others.peekFirst() == running;
    }

    /** An import has ended, or nobody wants it any more: it holds up no other. */
    synchronized void remove(RunningImport running) {
        waiting.computeIfPresent(Party.of(running.snapshot()), (_, imports) -> {
            imports.remove(running);
            return imports.isEmpty() ? null : imports;
        });
        release(running);
    }

    private void release(RunningImport running) {
        targets.computeIfPresent(Target.of(running), (_, others) -> {
            others.remove(running);
            return others.isEmpty() ? null : others;
        });
    }

    /** The import to the same tag that was asked for last and has not ended. */
    synchronized Optional<RunningImport> lastTo(ImportRequest request) {
        return Optional.ofNullable(targets.get(Target.of(request))).map(Deque::peekLast);
    }

    /** How many wait of whoever asked for {@code job}. */
    synchronized int countLike(ImportJob job) {
        return waiting.getOrDefault(Party.of(job), new ArrayDeque<>()).size();
    }

    /** How many have something waiting. */
    synchronized int parties() {
        return waiting.size();
    }

    /** Those that wait, in the order in which they will begin if nothing else comes. */
    List<RunningImport> order() {
        ImportQueue rehearsal = rehearsal();
        List<RunningImport> order = new ArrayList<>();
        for (Optional<RunningImport> next = rehearsal.take(); next.isPresent(); next = rehearsal.take()) {
            order.add(next.get());
            rehearsal.release(next.get());
        }
        return order;
    }

    /** A copy of this queue as if what runs had ended. */
    private synchronized ImportQueue rehearsal() {
        ImportQueue copy = new ImportQueue();
        Set<RunningImport> all = new HashSet<>();
        waiting.forEach((party, imports) -> {
            copy.waiting.put(party, new ArrayDeque<>(imports));
            all.addAll(imports);
        });
        targets.forEach((target, imports) -> {
            Deque<RunningImport> left = new ArrayDeque<>(imports);
            left.retainAll(all);
            copy.targets.put(target, left);
        });
        return copy;
    }
}
