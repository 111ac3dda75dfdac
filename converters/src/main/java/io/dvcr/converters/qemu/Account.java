package io.dvcr.converters.qemu;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Whose rights a subprocess has, and whether it has a network. */
public sealed interface Account {

    /**
     * {@code nobody} where this JVM runs as root, and the JVM's own account everywhere else; without a network where
     * the host allows that.
     */
    static Account unprivileged() throws IOException {
        return isRoot() ? new Other(65534, 65534).offline() : new Own().offline();
    }

    /**
     * This account in a network namespace of its own, in which nothing is up. Where this JVM is not root that takes a
     * user namespace as well. Some hosts and containers allow neither: there it is this account as it is.
     */
    default Account offline() throws IOException {
        List<String> unshare = isRoot() ? List.of("unshare", "--net") : List.of("unshare", "--user", "--net");
        Offline offline = new Offline(this, unshare);
        Outcome outcome = Subprocess.run(new Command(List.of("true"), Command.NOTHING, offline), Offline.PROBE);
        return outcome instanceof Outcome.Succeeded ? offline : this;
    }

    private static boolean isRoot() throws IOException {
        return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    }

    /** The words before a command that make it run with this account. */
    List<String> prefix();

    /** Makes {@code path}, and nothing above or below it, this account's own until the loan is closed. */
    Loan lend(Path path) throws IOException;

    /** The account of the JVM. */
    record Own() implements Account {
        @Override
        public List<String> prefix() {
            return List.of();
        }

        @Override
        public Loan lend(Path path) {
            return () -> {};
        }
    }

    /** Another account, by its numbers, so that no user database is needed. Takes a JVM that runs as root. */
    record Other(int uid, int gid) implements Account {
        @Override
        public List<String> prefix() {
            return List.of("setpriv", "--reuid=" + uid, "--regid=" + gid, "--clear-groups", "--no-new-privs", "--");
        }

        @Override
        public Loan lend(Path path) throws IOException {
            Map<String, Object> owner = Files.readAttributes(path, "unix:uid,gid", LinkOption.NOFOLLOW_LINKS);
            give(path, uid, gid);
            return () -> {
                if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                    give(path, owner.getOrDefault("uid", 0), owner.getOrDefault("gid", 0));
                }
            };
        }

        private static void give(Path path, Object uid, Object gid) throws IOException {
            Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
        }
    }

    /** An account without a network; sockets that have a name in the file system are still within reach. */
    record Offline(Account account, List<String> unshare) implements Account {
        private static final Limits PROBE =
                new Limits(Duration.ofSeconds(10), Duration.ofSeconds(5), 1L << 30, 0, 1000);

        public Offline {
            unshare = List.copyOf(unshare);
        }

        @Override
        public List<String> prefix() {
            return Stream.of(unshare, List.of("--"), account.prefix())
                    .flatMap(List::stream)
                    .toList();
        }

        @Override
        public Loan lend(Path path) throws IOException {
            return account.lend(path);
        }
    }

    /** A file in another's hands; closing gives it back to its owner. */
    interface Loan extends Closeable {}
}
