package io.dvcr.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.registry.http.Admission.Pass;
import io.dvcr.storage.RegistryError.TooManyRequests;
import io.dvcr.storage.RegistryError.Unavailable;
import io.dvcr.storage.RegistryException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class AdmissionTest {
    private static final InetAddress ALICE = InetAddress.ofLiteral("192.0.2.1");
    private static final InetAddress BOB = InetAddress.ofLiteral("192.0.2.2");

    private static Admission admission(int requests, int perClient, int uploads, Duration queueTime) {
        return new Admission(new LoadLimits(1, requests, queueTime, perClient, uploads));
    }

    private static void assertRefused(ThrowingCallable call, Class<?> error) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        refused -> assertThat(refused.error()).isInstanceOf(error));
    }

    @Test
    void a_client_has_so_many_requests_and_another_client_its_own() {
        Admission admission = admission(100, 2, 2, Duration.ofSeconds(10));
        Pass first = admission.admit(ALICE, false);
        admission.admit(ALICE, false);
        assertRefused(() -> admission.admit(ALICE, false), TooManyRequests.class);
        admission.admit(BOB, false);
        first.close();
        admission.admit(ALICE, false);
    }

    @Test
    void uploads_are_counted_among_requests_and_by_themselves() {
        Admission admission = admission(100, 3, 1, Duration.ofSeconds(10));
        Pass upload = admission.admit(ALICE, true);
        assertRefused(() -> admission.admit(ALICE, true), TooManyRequests.class);
        admission.admit(ALICE, false);
        admission.admit(ALICE, false);
        assertRefused(() -> admission.admit(ALICE, false), TooManyRequests.class);
        upload.close();
        admission.admit(ALICE, true);
    }

    @Test
    void a_network_of_ipv6_is_one_client() {
        Admission admission = admission(100, 1, 1, Duration.ofSeconds(10));
        admission.admit(InetAddress.ofLiteral("2001:db8::1"), false);
        assertRefused(() -> admission.admit(InetAddress.ofLiteral("2001:db8::ffff:2"), false), TooManyRequests.class);
        admission.admit(InetAddress.ofLiteral("2001:db8:0:1::1"), false);
    }

    @Test
    void who_waits_too_long_for_a_turn_is_refused_and_forgotten() {
        Admission admission = admission(1, 10, 10, Duration.ofMillis(10));
        Pass pass = admission.admit(ALICE, false);
        assertRefused(() -> admission.admit(BOB, false), Unavailable.class);
        assertThat(admission.clients()).isEqualTo(1);
        pass.close();
        assertThat(admission.clients()).isZero();
        admission.admit(BOB, false).close();
    }

    @Test
    void a_turn_that_becomes_free_goes_to_who_waits() throws Exception {
        Admission admission = admission(1, 10, 10, Duration.ofSeconds(20));
        Pass pass = admission.admit(ALICE, false);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Pass> waiting = threads.submit(() -> admission.admit(BOB, false));
            pass.close();
            waiting.get().close();
        }
        assertThat(admission.clients()).isZero();
    }

    @Test
    void no_more_wait_than_are_worked_on() throws Exception {
        Admission admission = admission(1, 10, 10, Duration.ofSeconds(20));
        Pass pass = admission.admit(ALICE, false);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Pass> waiting = threads.submit(() -> admission.admit(BOB, false));
            while (!admission.isCrowded()) {
                Thread.onSpinWait();
            }
            assertRefused(() -> admission.admit(BOB, false), Unavailable.class);
            pass.close();
            waiting.get().close();
        }
    }
}
