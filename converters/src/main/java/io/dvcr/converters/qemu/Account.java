package io.dvcr.converters.qemu;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Map;

/** Whose rights a subprocess has. */
public sealed interface Account {

    /** {@code nobody} where this JVM runs as root, and the JVM's own account everywhere else. */
    static Account unprivileged() throws IOException {
        return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))
                ? new Other(65534, 65534)
                : new Own();
    }

    /** The words before a command that make it run with this account. */
    List<String> prefix();

    /** Makes {@code path}, and nothing above or below it, this account's own until the loan is closed. */
    Loan lend(Path path) throws IOException;

    /** Makes sure that this account can read {@code path}, which stays its owner's if everybody can. */
    default Loan lendToRead(Path path) throws IOException {
        boolean open = Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_READ);
        return open ? () -> {} : lend(path);
    }

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

    /** A file in another's hands; closing gives it back to its owner. */
    interface Loan extends Closeable {}
}
