package io.dvcr.registry.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.storage.RegistryException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PasswordsTest {
    private static final InetAddress HERE = InetAddress.ofLiteral("192.0.2.1");
    private static final InetAddress THERE = InetAddress.ofLiteral("192.0.2.2");
    private static final Htpasswd USERS = Htpasswd.parse(GuardedServer.users("alice", "bob"));

    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger comparisons = new AtomicInteger();
    private final LoginAttempts attempts = new LoginAttempts(new LoginLimits(3, Duration.ofMinutes(1)), now::get);
    private final Passwords passwords = new Passwords(
            (password, hash) -> {
                comparisons.incrementAndGet();
                return PasswordHash.BCRYPT.matches(password, hash);
            },
            attempts);

    private boolean login(InetAddress from, String user, String password) {
        return passwords.verify(USERS, from, user, password);
    }

    @ParameterizedTest
    @ValueSource(strings = {"$2y$", "$2a$", "$2b$"})
    void every_kind_of_bcrypt_is_taken(String kind) {
        Htpasswd users = Htpasswd.parse(GuardedServer.users("alice").replace("$2y$", kind));
        assertThat(passwords.verify(users, HERE, "alice", "alice's password")).isTrue();
        assertThat(passwords.verify(users, HERE, "alice", "alice's passwore")).isFalse();
    }

    @Test
    void a_hash_that_apache_made_is_taken() {
        Htpasswd users =
                Htpasswd.parse("# users\n\nuser:$2y$05$bvIG6Nmid91Mu9RcmmWZfO5HJIMCT8riNW0hEp8f6/FuA2/mHZFpe\n");
        assertThat(passwords.verify(users, HERE, "user", "password")).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "alice:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g= bcrypt",
                "alice:$apr1$abcdefgh$abcdefghijklmnopqrstuv bcrypt",
                "alice:rqXexS6ZhobKA bcrypt",
                "alice:plain bcrypt",
                "alice USER:HASH",
                ":$2y$05$bvIG6Nmid91Mu9RcmmWZfO5HJIMCT8riNW0hEp8f6/FuA2/mHZFpe USER:HASH",
                "alice:$2y$31$bvIG6Nmid91Mu9RcmmWZfO5HJIMCT8riNW0hEp8f6/FuA2/mHZFpe cost",
            })
    void other_hashes_are_refused_without_showing_them(String line, String message) {
        assertThatThrownBy(() -> Htpasswd.parse("# users\n" + line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("line 2")
                .hasMessageContaining(message)
                .hasMessageNotContaining("alice");
    }

    @Test
    void an_unknown_user_costs_the_same_comparison_as_a_known_one() {
        assertThat(login(HERE, "alice", "wrong")).isFalse();
        assertThat(comparisons).hasValue(1);
        assertThat(login(HERE, "mallory", "wrong")).isFalse();
        assertThat(comparisons).hasValue(2);
        assertThat(Htpasswd.parse("x:" + USERS.hashOfNobody()).cost()).isEqualTo(USERS.cost());
    }

    @Test
    void what_was_right_is_not_compared_again_and_what_was_wrong_is() {
        assertThat(login(HERE, "alice", "alice's password")).isTrue();
        assertThat(login(THERE, "alice", "alice's password")).isTrue();
        assertThat(comparisons).hasValue(1);
        assertThat(login(HERE, "bob", "alice's password")).isFalse();
        assertThat(login(HERE, "bob", "alice's password")).isFalse();
        assertThat(comparisons).hasValue(3);
    }

    @Test
    void many_logins_at_once_with_one_password_are_one_comparison() throws Exception {
        List<Future<Boolean>> logins = new ArrayList<>();
        AtomicInteger atOnce = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Passwords counted = new Passwords(
                (password, hash) -> {
                    most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
                    comparisons.incrementAndGet();
                    boolean right = PasswordHash.BCRYPT.matches(password, hash);
                    atOnce.decrementAndGet();
                    return right;
                },
                attempts);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 50; i++) {
                logins.add(threads.submit(() -> counted.verify(USERS, HERE, "alice", "alice's password")));
            }
        }
        for (Future<Boolean> login : logins) {
            assertThat(login.get()).isTrue();
        }
        int processors = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        assertThat(comparisons).hasValueLessThanOrEqualTo(processors);
        assertThat(most).hasValueLessThanOrEqualTo(processors);
    }

    @Test
    void a_new_password_ends_the_old_one_at_once() {
        assertThat(login(HERE, "alice", "alice's password")).isTrue();
        Htpasswd changed = Htpasswd.parse(GuardedServer.line("alice", "new"));
        assertThat(passwords.verify(changed, HERE, "alice", "alice's password")).isFalse();
        assertThat(passwords.verify(changed, HERE, "alice", "new")).isTrue();
    }

    @Test
    void after_too_many_wrong_ones_an_address_is_not_heard_for_a_while_even_with_the_right_one() {
        for (int i = 0; i < 3; i++) {
            assertThat(login(HERE, "alice", "wrong" + i)).isFalse();
        }
        assertTooMany(() -> login(HERE, "alice", "alice's password"));
        assertTooMany(() -> login(HERE, "mallory", "wrong"));
        assertThat(comparisons).hasValue(3);
        assertThat(login(THERE, "alice", "alice's password")).isTrue();

        now.addAndGet(Duration.ofSeconds(20).toNanos());
        assertThat(login(HERE, "alice", "alice's password")).isTrue();
        assertThat(login(HERE, "alice", "wrong")).isFalse();
        assertTooMany(() -> login(HERE, "alice", "alice's password"));
    }

    @Test
    void many_addresses_cannot_guess_one_user_s_password_nor_lock_them_out() {
        for (int i = 0; i < 15; i++) {
            assertThat(login(InetAddress.ofLiteral("198.51.100." + i), "alice", "wrong"))
                    .isFalse();
        }
        assertThat(login(HERE, "alice", "wrong")).isFalse();
        assertTooMany(() -> login(HERE, "alice", "wrong"));
        assertThat(login(HERE, "bob", "bob's password")).isTrue();
        assertThat(login(THERE, "alice", "alice's password")).isTrue();
    }

    @Test
    void all_addresses_of_one_ipv6_network_count_as_one() {
        for (int i = 0; i < 3; i++) {
            login(InetAddress.ofLiteral("2001:db8:1:2::" + i), "alice", "wrong");
        }
        assertTooMany(() -> login(InetAddress.ofLiteral("2001:db8:1:2:ffff::1"), "alice", "wrong"));
        assertThat(login(InetAddress.ofLiteral("2001:db8:1:3::1"), "alice", "alice's password"))
                .isTrue();
    }

    private static void assertTooMany(Runnable login) {
        assertThatThrownBy(login::run)
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("too many wrong passwords");
    }
}
