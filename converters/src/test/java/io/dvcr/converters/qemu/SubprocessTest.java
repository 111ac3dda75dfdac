package io.dvcr.converters.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SubprocessTest {
    private static final Limits LIMITS =
            new Limits(Duration.ofSeconds(10), Duration.ofSeconds(5), 1L << 30, 1 << 20, 1000);

    @TempDir
    Path directory;

    @Test
    void a_command_that_succeeds_gives_its_output() throws IOException {
        assertThat(Subprocess.run(new Command(List.of("echo", "a  b; c")), LIMITS))
                .isEqualTo(new Outcome.Succeeded("a  b; c"));
    }

    @Test
    void a_command_that_fails_gives_its_exit_code_and_errors() throws IOException {
        assertThat(shell("echo out; echo wrong >&2; exit 3")).isEqualTo(new Outcome.Failed(3, "wrong"));
    }

    @Test
    void a_program_that_does_not_exist_fails() throws IOException {
        assertThat(Subprocess.run(new Command(List.of("/no/such/program")), LIMITS))
                .isInstanceOf(Outcome.Failed.class);
    }

    @Test
    void a_command_has_nothing_to_read_and_no_environment() throws IOException {
        assertThat(Subprocess.run(new Command(List.of("cat")), LIMITS)).isEqualTo(new Outcome.Succeeded(""));
        assertThat(Subprocess.run(new Command(List.of("env")), LIMITS)).isEqualTo(new Outcome.Succeeded(""));
    }

    @Test
    void a_command_finds_its_file_as_its_input() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "content");
        Account account = Account.unprivileged();
        try (Account.Loan _ = account.lend(file)) {
            assertThat(Subprocess.run(new Command(List.of("cat", Command.INPUT), file, account), LIMITS))
                    .isEqualTo(new Outcome.Succeeded("content"));
        }
        assertThat(Files.getOwner(file)).isEqualTo(Files.getOwner(directory));
    }

    @Test
    void a_command_runs_without_privileges() throws IOException {
        Command id = new Command(List.of("id", "-u"), Command.NOTHING, Account.unprivileged());
        assertThat(Subprocess.run(id, LIMITS)).isNotEqualTo(new Outcome.Succeeded("0"));
    }

    @Test
    void a_command_has_no_network_where_the_host_allows_that() throws IOException {
        Account account = Account.unprivileged();
        assumeThat(account).isInstanceOf(Account.Offline.class);
        Command interfaces =
                new Command(List.of("grep", "-o", "[a-z0-9]*:", "/proc/net/dev"), Command.NOTHING, account);
        assertThat(Subprocess.run(interfaces, LIMITS)).isEqualTo(new Outcome.Succeeded("lo:"));
    }

    @Test
    void an_account_keeps_its_network_where_the_host_does_not_let_it_go() throws IOException {
        Account noSuchProgram = new Account.Offline(new Account.Own(), List.of("/no/such/unshare"));
        assertThat(noSuchProgram.offline()).isSameAs(noSuchProgram);
    }

    @Test
    void only_the_first_bytes_of_the_output_are_kept_and_the_rest_does_not_block() throws IOException {
        Outcome outcome = shell("head -c 1000000 /dev/zero | tr '\\0' x; head -c 1000000 /dev/zero >&2");
        assertThat(outcome).isEqualTo(new Outcome.Succeeded("x".repeat(1000)));
    }

    @Test
    void a_command_is_killed_at_its_wall_clock_limit_with_all_its_descendants() throws Exception {
        Path pid = directory.resolve("pid");
        Limits brief = new Limits(Duration.ofSeconds(1), Duration.ofSeconds(5), 1L << 30, 1 << 20, 1000);
        Command command = new Command(List.of("sh", "-c", "sleep 60 & echo $! > " + pid + "; wait"));
        assertThat(Subprocess.run(command, brief)).isEqualTo(new Outcome.TimedOut(brief.wallClock()));
        assertGone(Long.parseLong(Files.readString(pid).strip()));
    }

    /** Which is what the kernel does once the process is killed that this thread is of. */
    @Test
    void a_command_lives_as_long_as_the_thread_that_waits_for_it_and_asks_to_die_with_that() throws IOException {
        Command asked = new Command(List.of("setpriv", "--dump"), Command.NOTHING, Account.unprivileged());
        assertThat(Subprocess.run(asked, LIMITS))
                .isInstanceOfSatisfying(
                        Outcome.Succeeded.class,
                        dump -> assertThat(dump.stdout()).contains("Parent death signal: KILL"));
    }

    @Test
    void a_command_is_killed_at_its_limit_of_processor_time() throws IOException {
        Limits brief = new Limits(Duration.ofSeconds(20), Duration.ofMillis(100), 1L << 30, 0, 1000);
        Command busy = new Command(List.of("sh", "-c", "while :; do :; done"));
        assertThat(Subprocess.run(busy, brief)).isInstanceOf(Outcome.Failed.class);
    }

    @Test
    void a_command_cannot_take_more_memory_than_its_limit() throws IOException {
        assertThat(shell("dd if=/dev/zero of=/dev/null bs=2G count=1")).isInstanceOf(Outcome.Failed.class);
    }

    @Test
    void a_command_cannot_write_a_file_larger_than_its_limit() throws IOException {
        Path file = directory.resolve("file");
        assertThat(shell("head -c 3000000 /dev/zero > " + file)).isInstanceOf(Outcome.Failed.class);
        assertThat(Files.size(file)).isEqualTo(1 << 20);
    }

    @Test
    void closing_ends_a_process_that_goes_on() throws Exception {
        RunningProcess process = Subprocess.start(new Command(List.of("sleep", "60")), LIMITS);
        assertThat(process.isAlive()).isTrue();
        process.close();
        assertGone(process.pid());
        process.close();
    }

    @Test
    void an_input_that_does_not_exist_is_an_io_error() {
        Command command = new Command(List.of("cat"), directory.resolve("none"), new Account.Own());
        assertThatThrownBy(() -> Subprocess.run(command, LIMITS)).isInstanceOf(IOException.class);
    }

    private static Outcome shell(String script) throws IOException {
        return Subprocess.run(new Command(List.of("sh", "-c", script)), LIMITS);
    }

    private static void assertGone(long pid) throws InterruptedException {
        for (int i = 0; i < 200 && ProcessHandle.of(pid).isPresent(); i++) {
            Thread.sleep(10);
        }
        assertThat(ProcessHandle.of(pid)).isEmpty();
    }
}
