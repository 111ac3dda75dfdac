package io.dvcr.registry.access;

import io.dvcr.storage.RegistryError.Denied;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import java.util.List;
import java.util.Optional;

/** May do nothing. */
record Nobody() implements Caller {
    @Override
    public Optional<String> name() {
        return Optional.empty();
    }

    @Override
    public boolean may(Permission permission) {
        return false;
    }

    @Override
    public boolean sees(RepositoryName repository) {
        return false;
    }

    @Override
    public void require(List<Permission> needed) {
        if (!needed.isEmpty()) {
            throw new RegistryException(new Denied(needed.getFirst().toString()));
        }
    }
}
