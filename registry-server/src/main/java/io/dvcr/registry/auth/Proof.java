package io.dvcr.registry.auth;

import io.dvcr.registry.access.Grants;
import io.dvcr.registry.access.Permission;
import io.dvcr.registry.access.Rights;
import java.util.Optional;

/**
 * What credentials prove.
 *
 * @param rights what whoever it is may do
 * @param ceiling what the token that proved it is good for, if one did and says so; no more than that is allowed
 */
record Proof(Identity identity, Rights rights, Optional<Grants> ceiling) {

    boolean allows(Permission permission) {
        return rights.allow(permission) && covers(permission);
    }

    /** Whether the token is good for it, whoever has it. */
    boolean covers(Permission permission) {
        return ceiling.isEmpty() || ceiling.get().allow(permission);
    }
}
