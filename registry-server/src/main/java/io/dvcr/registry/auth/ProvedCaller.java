package io.dvcr.registry.auth;

import io.dvcr.registry.access.Action;
import io.dvcr.registry.access.Caller;
import io.dvcr.registry.access.Permission;
import io.dvcr.storage.RegistryError.Denied;
import io.dvcr.storage.RegistryError.Unauthorized;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import java.util.List;
import java.util.Optional;

/**
 * Whoever sends a request to a registry that asks.
 *
 * @param credentials whether the request holds any
 */
record ProvedCaller(Proof proof, boolean credentials, Challenge challenge) implements Caller {

    @Override
    public Optional<String> name() {
        return proof.identity().known();
    }

    /** Whoever shows a token is let in where it takes to be somebody, even if it is nobody's: clients probe so. */
    @Override
    public boolean may(Permission permission) {
        return switch (permission) {
            case Permission.Identity _ -> credentials;
            case Permission.Catalog _ -> credentials && proof.covers(permission);
            case Permission.OnRepository _, Permission.Administration _ -> proof.allows(permission);
        };
    }

    @Override
    public boolean sees(RepositoryName repository) {
        Permission pull = new Permission.OnRepository(repository, Action.PULL);
        return proof.rights().allow(pull) && (proof.covers(pull) || proof.covers(new Permission.Catalog()));
    }

    @Override
    public void require(List<Permission> needed) {
        Optional<Permission> lacking =
                needed.stream().filter(permission -> !may(permission)).findFirst();
        if (lacking.isPresent()) {
            throw refusal(needed, lacking.get());
        }
    }

    /** 401 if other credentials would help, or a token for more: clients then ask for one. Else 403. */
    private RegistryException refusal(List<Permission> needed, Permission lacking) {
        if (!credentials) {
            return new RegistryException(new Unauthorized("authentication is required", challenge.to(needed)));
        }
        if (name().isEmpty()) {
            return new RegistryException(
                    new Unauthorized("authentication is required", challenge.insufficientScope(needed)));
        }
        return new RegistryException(
                proof.rights().allow(lacking)
                        ? new Unauthorized("this takes more than the token is for", challenge.insufficientScope(needed))
                        : new Denied(lacking.toString()));
    }
}
