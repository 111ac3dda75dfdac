package io.dvcr.registry.access;

import io.dvcr.storage.RepositoryName;
import java.util.List;
import java.util.Optional;

/** May do everything. */
record Anyone() implements Caller {
    @Override
    public Optional<String> name() {
        return Optional.empty();
    }

    @Override
    public boolean may(Permission permission) {
        return true;
    }

    @Override
    public boolean sees(RepositoryName repository) {
        return true;
    }

    @Override
    public void require(List<Permission> needed) {}
}
