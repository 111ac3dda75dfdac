package io.dvcr.cli.client;

import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The server of a command, as users write it: a URL, or its host and port. */
public final class ServerUrl {
    private static final Pattern PATTERN =
            Pattern.compile("(?:(https?)://)?([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(:\\d{1,5})?/?");
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(?:\\.\\d{1,3}){3}|\\[::1]");

    private ServerUrl() {}

    /**
     * Without a scheme it is https, or http on this host.
     *
     * @throws IllegalArgumentException if {@code text} is none
     */
    public static URI parse(String text) {
        Matcher matcher = PATTERN.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("must be HOST[:PORT] or http(s)://HOST[:PORT], not " + text);
        }
        String host = matcher.group(2);
        String port = matcher.group(3) == null ? "" : matcher.group(3);
        String scheme = matcher.group(1) == null ? (isLoopback(host) ? "http" : "https") : matcher.group(1);
        return URI.create(scheme + "://" + host + port);
    }

    /** Whether a password sent there can be read on the way. */
    public static boolean isUnprotected(URI server) {
        return "http".equals(server.getScheme()) && !isLoopback(server.getHost());
    }

    private static boolean isLoopback(String host) {
        return LOOPBACK.matcher(host).matches();
    }
}
