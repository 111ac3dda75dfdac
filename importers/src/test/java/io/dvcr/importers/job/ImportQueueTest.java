package io.dvcr.importers.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.importers.source.HttpSource;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.Reference;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ImportQueueTest {
    private final ImportQueue queue = new ImportQueue();
    private int ids;

    private RunningImport add(String account, String target) {
        ImageReference reference = ImageReference.parse(target);
        ImportRequest request = new ImportRequest(
                reference.repository(),
                ((Reference.ByTag) reference.reference()).tag(),
                new HttpSource(URI.create("http://example.org/" + ids), Optional.empty()));
        RunningImport running = new RunningImport(ImportJob.pending(
                "job " + ids++, request, Instant.EPOCH, Optional.of(account).filter(name -> !name.isEmpty())));
        queue.add(running);
        return running;
    }

    private List<RunningImport> all() {
        List<RunningImport> order = new ArrayList<>();
        for (Optional<RunningImport> next = queue.take(); next.isPresent(); next = queue.take()) {
            order.add(next.get());
            queue.remove(next.get());
        }
        return order;
    }

    @Test
    void who_asks_for_many_does_not_keep_the_others_waiting() {
        RunningImport a1 = add("ann", "a:1");
        RunningImport a2 = add("ann", "a:2");
        RunningImport a3 = add("ann", "a:3");
        RunningImport b1 = add("bob", "b:1");
        RunningImport c1 = add("eve", "c:1");
        RunningImport b2 = add("bob", "b:2");
        List<RunningImport> expected = List.of(a1, b1, c1, a2, b2, a3);
        assertThat(queue.order()).isEqualTo(expected);
        assertThat(all()).isEqualTo(expected);
    }

    @Test
    void who_comes_back_has_to_wait_for_those_who_came_meanwhile() {
        RunningImport a1 = add("ann", "a:1");
        assertThat(queue.take()).contains(a1);
        RunningImport b1 = add("bob", "b:1");
        RunningImport a2 = add("ann", "a:2");
        assertThat(all()).containsExactly(b1, a2);
    }

    @Test
    void anonymous_callers_are_told_apart_by_the_namespace_they_import_to() {
        RunningImport x1 = add("", "x/debian:1");
        RunningImport x2 = add("", "x/ubuntu:2");
        RunningImport y1 = add("", "y/debian:1");
        RunningImport account = add("x", "z:1");
        assertThat(all()).containsExactly(x1, y1, account, x2);
    }

    @Test
    void imports_to_one_tag_run_one_after_the_other_in_the_order_they_came() {
        RunningImport first = add("ann", "a:1");
        RunningImport second = add("bob", "a:1");
        RunningImport other = add("bob", "b:1");
        assertThat(queue.order()).containsExactly(first, second, other);
        assertThat(queue.take()).contains(first);
        assertThat(queue.take()).contains(other);
        assertThat(queue.take()).isEmpty();
        assertThat(queue.lastTo(first.request())).contains(second);
        queue.remove(first);
        assertThat(queue.take()).contains(second);
        queue.remove(second);
        assertThat(queue.lastTo(first.request())).isEmpty();
    }

    @Test
    void the_order_is_told_as_if_what_runs_had_ended() {
        RunningImport running = add("ann", "a:1");
        assertThat(queue.take()).contains(running);
        RunningImport next = add("ann", "a:1");
        assertThat(queue.order()).containsExactly(next);
        assertThat(queue.take()).isEmpty();
    }

    @Test
    void what_is_no_longer_wanted_holds_up_nobody() {
        RunningImport first = add("ann", "a:1");
        RunningImport second = add("ann", "a:1");
        assertThat(queue.countLike(first.snapshot())).isEqualTo(2);
        queue.remove(first);
        assertThat(queue.countLike(first.snapshot())).isEqualTo(1);
        assertThat(queue.parties()).isEqualTo(1);
        assertThat(all()).containsExactly(second);
        assertThat(queue.parties()).isZero();
    }
}
