package io.dvcr.storage.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Several servers over one store, each with a clock of its own that goes when the test says so. */
class SharedLeasesTest extends LeasesContract {
    private static final LeaseKeys KEYS = new LeaseKeys("replicas/", "leases/");
    private static final Duration TERM = Duration.ofSeconds(10);

    /** A server, and what its clock shows. */
    private record Server(SharedLeases leases, AtomicLong nanos) {
        void passes(Duration time) {
            nanos.addAndGet(time.toNanos());
        }
    }

    @Override
    Leases leases() throws IOException {
        return server(0).leases();
    }

    private Server server(long nanos) throws IOException {
        return server(store, nanos);
    }

    private static Server server(ObjectStore over, long nanos) throws IOException {
        AtomicLong clock = new AtomicLong(nanos);
        SharedLeases leases = new SharedLeases(over, KEYS, new LeaseSettings(TERM), clock::get);
        leases.beat();
        leases.look();
        return new Server(leases, clock);
    }

    private List<String> keys(String prefix) throws IOException {
        List<String> keys = new ArrayList<>();
        ObjectPages.forEach(store, prefix, object -> keys.add(object.key().value()));
        return keys;
    }

    @Test
    void two_servers_do_not_hold_one_lease() throws IOException {
        Server one = server(0);
        Server other = server(Long.MAX_VALUE - 5); // clocks have nothing to do with each other, and may wrap around
        Lease lease = one.leases().tryTake(NAME).orElseThrow();
        assertThat(other.leases().tryTake(NAME)).isEmpty();

        lease.close();
        Lease next = other.leases().tryTake(NAME).orElseThrow();
        assertThat(next.epoch()).isGreaterThan(lease.epoch());
        assertThat(one.leases().tryTake(NAME)).isEmpty();
    }

    @Test
    void of_many_that_try_at_once_one_gets_it() throws Exception {
        List<Server> servers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            servers.add(server(i));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 20; round++) {
                CyclicBarrier start = new CyclicBarrier(servers.size());
                List<Future<Optional<Lease>>> tries = new ArrayList<>();
                for (Server server : servers) {
                    Callable<Optional<Lease>> one = () -> {
                        start.await();
                        return server.leases().tryTake(NAME);
                    };
                    tries.add(threads.submit(one));
                }
                List<Lease> taken = new ArrayList<>();
                for (Future<Optional<Lease>> one : tries) {
                    one.get().ifPresent(taken::add);
                }
                assertThat(taken).hasSize(1);
                taken.getFirst().close();
            }
        }
    }

    @Test
    void what_a_dead_server_held_is_taken_after_a_term_in_which_it_showed_no_life() throws IOException {
        Server dead = server(0);
        assertThat(dead.leases().tryTake(NAME)).isPresent();
        Server other = server(0);
        other.passes(TERM.minusNanos(1));
        assertThat(other.leases().tryTake(NAME)).isEmpty();

        other.passes(Duration.ofNanos(1));
        other.leases().beat(); // it must itself be alive to take anything
        assertThat(other.leases().tryTake(NAME)).isPresent();
    }

    @Test
    void one_that_lives_keeps_what_it_holds() throws IOException {
        Server one = server(0);
        Lease lease = one.leases().tryTake(NAME).orElseThrow();
        Server other = server(0);
        for (int i = 0; i < 50; i++) {
            one.passes(Duration.ofSeconds(3));
            one.leases().beat();
            other.passes(Duration.ofSeconds(3));
            other.leases().beat();
            if (i % 7 == 0) { // it need not look often, for what it has not seen it cannot hold against anybody
                other.leases().look();
            }
            assertThat(other.leases().tryTake(NAME)).isEmpty();
            assertThat(lease.isHeld()).isTrue();
            lease.confirm();
        }
    }

    @Test
    void a_server_that_ends_gives_back_at_once_what_it_held() throws IOException {
        Server one = server(0);
        Lease lease = one.leases().tryTake(NAME).orElseThrow();
        Server other = server(0);
        one.leases().close();
        assertThat(lease.isHeld()).isFalse();
        assertThat(other.leases().tryTake(NAME)).isPresent();
    }

    @Test
    void who_may_be_taken_for_dead_knows_it_by_its_own_clock_before_anybody_else_does() throws IOException {
        Server stuck = server(0);
        Lease lease = stuck.leases().tryTake(NAME).orElseThrow();
        Server other = server(0);
        Duration almost = TERM.multipliedBy(2).dividedBy(3);
        stuck.passes(almost);
        other.passes(almost);
        assertThat(lease.isHeld()).isFalse();
        assertThat(stuck.leases().tryTake("another")).isEmpty();
        assertThat(other.leases().isGone(stuck.leases().session().id())).isFalse();
    }

    @Test
    void who_comes_back_is_another_and_holds_nothing() throws IOException {
        Server stuck = server(0);
        Lease lease = stuck.leases().tryTake(NAME).orElseThrow();
        Session before = stuck.leases().session();
        stuck.passes(TERM);
        stuck.leases().beat();

        assertThat(stuck.leases().session().id()).isNotEqualTo(before.id());
        assertThat(stuck.leases().session().isSure()).isTrue();
        assertThat(before.isSure()).isFalse();
        assertThat(lease.isHeld()).isFalse();
        assertThatThrownBy(() -> lease.put(RESULT, bytes("stale"))).isInstanceOf(LeaseLostException.class);
        assertThat(server(0).leases().tryTake(NAME)).isPresent();
    }

    @Test
    void a_stale_holder_whose_clock_stood_still_cannot_publish() throws IOException {
        Server frozen = server(0);
        Lease stale = frozen.leases().tryTake(NAME).orElseThrow();
        Server other = server(0);
        other.passes(TERM);
        other.leases().beat();
        try (Lease fresh = other.leases().tryTake(NAME).orElseThrow()) {
            assertThat(stale.isHeld()).isTrue(); // as far as it knows
            fresh.put(RESULT, bytes("fresh"));
            assertThatThrownBy(() -> stale.put(RESULT, bytes("stale"))).isInstanceOf(LeaseLostException.class);
            assertThatThrownBy(() -> stale.putUnlessTaken(new ObjectKey("results/two"), bytes("stale")))
                    .isInstanceOf(LeaseLostException.class);
        }
        stale.close(); // it gives back what it has not, which does no harm
        assertThat(stored(RESULT)).isEqualTo("fresh");
        assertThat(keys("results/")).containsExactly("results/one");
        Lease next = server(0).leases().tryTake(NAME).orElseThrow();
        assertThat(next.epoch()).isEqualTo(3);
        assertThat(keys("leases/")).containsExactly("leases/imports/cafe/0000000000000000003/holder");
    }

    /** Between the look whether the lease is its own and the last step of publishing, the server is cut off for long. */
    @Test
    void a_stale_holder_cannot_publish_even_if_it_is_frozen_right_before_it_does() throws IOException {
        Server other = server(0);
        FrozenStore slow = new FrozenStore(store, () -> {
            other.passes(TERM);
            other.leases().beat();
            other.leases().tryTake(NAME).orElseThrow().put(RESULT, bytes("fresh"));
        });
        Lease stale = server(slow, 0).leases().tryTake(NAME).orElseThrow();
        other.leases().look();
        assertThatThrownBy(() -> stale.put(RESULT, bytes("stale"))).isInstanceOf(LeaseLostException.class);
        assertThat(stored(RESULT)).isEqualTo("fresh");
    }

    @Test
    void what_nobody_wants_any_more_is_forgotten() throws IOException {
        Server one = server(0);
        one.leases().tryTake(NAME).orElseThrow().close();
        Lease kept = one.leases().tryTake("garbage").orElseThrow();
        one.leases().forgetReleased(Instant.MAX);
        assertThat(keys("leases/")).containsExactly("leases/garbage/0000000000000000001/holder");
        kept.confirm();
        assertThat(one.leases().tryTake(NAME)).isPresent();
    }

    @Test
    void the_dead_are_forgotten_in_the_end() throws IOException {
        String dead = server(0).leases().session().id();
        Server one = server(0);
        one.passes(TERM.multipliedBy(11));
        one.leases().beat();
        one.leases().look();
        assertThat(keys("replicas/"))
                .containsExactly("replicas/" + one.leases().session().id());
        assertThat(one.leases().isGone(dead)).isTrue();
    }

    /** Servers that stop at random for longer than a term, take what they can and publish: no two at once, none stale. */
    @Test
    void whatever_stops_when_what_is_published_is_of_growing_epochs() throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<Server> servers = List.of(server(0), server(1000), server(-1000));
        List<Lease> taken = new ArrayList<>();
        long published = 0;
        for (int step = 0; step < 400; step++) {
            Server server = servers.get(random.nextInt(servers.size()));
            switch (random.nextInt(5)) {
                case 0 -> server.passes(Duration.ofMillis(random.nextInt(12_000)));
                case 1 -> server.leases().beat();
                case 2 -> server.leases().look();
                case 3 -> server.leases().tryTake(NAME).ifPresent(taken::add);
                default -> {
                    if (!taken.isEmpty()) {
                        Lease lease = taken.get(random.nextInt(taken.size()));
                        published = publish(lease, published, taken.getLast());
                    }
                }
            }
        }
        assertThat(published).isPositive();
    }

    private long publish(Lease lease, long published, Lease newest) throws IOException {
        try {
            lease.put(RESULT, bytes(Long.toString(lease.epoch())));
        } catch (LeaseLostException e) {
            return published;
        }
        assertThat(lease.epoch()).isEqualTo(newest.epoch());
        assertThat(lease.epoch()).isGreaterThanOrEqualTo(published);
        return lease.epoch();
    }
}
