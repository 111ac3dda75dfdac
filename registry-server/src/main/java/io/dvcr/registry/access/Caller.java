package io.dvcr.registry.access;

import java.util.List;
import java.util.Optional;

/** Who sends a request, once that is known. Immutable. */
public interface Caller {

    /** Everyone, where nobody is asked who they are. */
    Caller ANYONE = new Anyone();

    /** The caller of a request whose sender nobody has looked at: may do nothing. */
    Caller NOBODY = new Nobody();

    /** The name that was proved; empty for an anonymous caller. */
    Optional<String> name();

    boolean may(Permission permission);

    /**
     * @throws io.dvcr.storage.RegistryException with {@link io.dvcr.storage.RegistryError.Unauthorized} if one of
     *     {@code needed} is lacking that credentials could give, or with
     *     {@link io.dvcr.storage.RegistryError.Denied} if the caller has proved who they are and lacks it still
     */
    void require(List<Permission> needed);
}
