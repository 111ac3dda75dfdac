package io.dvcr.registry.access;

import io.dvcr.storage.RepositoryName;

/** One thing that a request needs its caller to be allowed. */
public sealed interface Permission {

    /** To do {@code action} with {@code repository}. */
    record OnRepository(RepositoryName repository, Action action) implements Permission {
        @Override
        public String toString() {
            return action + " " + repository;
        }
    }

    /** To run the registry and the machines of its host. */
    record Administration() implements Permission {
        @Override
        public String toString() {
            return "admin";
        }
    }

    /** To ask which repositories there are; who may sees only those that they may pull. */
    record Catalog() implements Permission {
        @Override
        public String toString() {
            return "list repositories";
        }
    }

    /** To be somebody: whoever proves an identity has it, and where everyone may do everything, everyone. */
    record Identity() implements Permission {
        @Override
        public String toString() {
            return "log in";
        }
    }
}
