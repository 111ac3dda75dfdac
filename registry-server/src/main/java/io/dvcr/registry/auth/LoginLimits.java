package io.dvcr.registry.auth;

import java.time.Duration;

/**
 * How many wrong passwords are too many: after {@code failures} of one address, and after five times as many for one
 * name, only one more is looked at for each further {@code window / failures}.
 */
public record LoginLimits(int failures, Duration window) {
    public static final LoginLimits DEFAULTS = new LoginLimits(10, Duration.ofMinutes(1));

    public LoginLimits {
        if (failures < 1 || !window.isPositive()) {
            throw new IllegalArgumentException("failures and window must be positive");
        }
    }
}
