package io.dvcr.registry.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;

/** Compares a password with its hash, which takes a processor's time on purpose. */
@FunctionalInterface
interface PasswordHash {
    /** Looks at the first 72 bytes, as every bcrypt does. */
    PasswordHash BCRYPT = (password, hash) -> BCrypt.verifyer(
                    BCrypt.Version.VERSION_2Y, LongPasswordStrategies.truncate(BCrypt.Version.VERSION_2Y))
            .verify(password.getBytes(UTF_8), hash.getBytes(UTF_8))
            .verified;

    boolean matches(String password, String hash);
}
