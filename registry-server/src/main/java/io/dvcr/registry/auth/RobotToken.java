package io.dvcr.registry.auth;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.dvcr.storage.Digest;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The token of a robot: {@code dvcr_SECRET_NAME}. What it begins with lets scanners of source code find it; the secret
 * is 256 bits from a generator, so that one round of SHA-256 hides it.
 */
record RobotToken(String name, String text) {
    private static final Pattern PATTERN = Pattern.compile("dvcr_[0-9a-f]{64}_(.+)");
    private static final int SECRET_BYTES = 32;

    static RobotToken create(String name, SecureRandom random) {
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        return new RobotToken(name, "dvcr_" + HexFormat.of().formatHex(secret) + "_" + name);
    }

    /** Empty if {@code text} does not look like one. */
    static Optional<RobotToken> parse(String text) {
        Matcher matcher = PATTERN.matcher(text);
        return matcher.matches() && Robot.isName(matcher.group(1))
                ? Optional.of(new RobotToken(matcher.group(1), text))
                : Optional.empty();
    }

    String hash() {
        return Digest.sha256(text.getBytes(UTF_8)).toString();
    }

    boolean isOf(Robot robot) {
        return MessageDigest.isEqual(
                hash().getBytes(US_ASCII), robot.tokenHash().getBytes(US_ASCII));
    }

    @Override
    public String toString() {
        return "token of robot " + name;
    }
}
