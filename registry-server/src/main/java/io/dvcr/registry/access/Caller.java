package io.dvcr.registry.access;

import io.dvcr.storage.RepositoryName;
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
     * Whether listings show the caller that {@code repository} exists. It may be more than what they may do with what
     * they have shown: a token for the catalogue alone lists what its owner may pull.
     */
    boolean sees(RepositoryName repository);

    /**
     * @throws io.dvcr.storage.RegistryException with {@link io.dvcr.storage.RegistryError.Unauthorized} if one of
     *     {@code needed} is lacking that credentials could give, or with
     *     {@link io.dvcr.storage.RegistryError.Denied} if the caller has proved who they are and lacks it still
     */
    void require(List<Permission> needed);
}
