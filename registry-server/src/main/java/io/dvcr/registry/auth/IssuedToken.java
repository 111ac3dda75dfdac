package io.dvcr.registry.auth;

import io.dvcr.registry.access.Grants;
import java.time.Instant;
import java.util.Optional;

/**
 * What one of our tokens says.
 *
 * @param fingerprint of the credentials that it was made for; it is good as long as they are. Empty if nothing can be
 *     said of them
 * @param access what it is for; empty for all that its owner may do
 */
record IssuedToken(Identity identity, String fingerprint, Optional<Grants> access, Instant expires) {}
