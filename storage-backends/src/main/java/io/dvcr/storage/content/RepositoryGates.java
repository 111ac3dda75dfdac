package io.dvcr.storage.content;

import io.dvcr.storage.RepositoryName;
import java.io.IOException;

/** What keeps a server from adding to a repository while another, over the same store, removes from it. Thread-safe. */
interface RepositoryGates {
    /** Of the one server that writes to its store. */
    RepositoryGates OPEN = new RepositoryGates() {
        @Override
        public Passage toAdd(RepositoryName repository) {
            return Passage.FREE;
        }

        @Override
        public Passage toRemove(RepositoryName repository) {
            return Passage.FREE;
        }

        @Override
        public String additions(RepositoryName repository) {
            return "";
        }
    };

    /** Waits until nobody else removes; from then on nobody does until it is closed. */
    Passage toAdd(RepositoryName repository) throws IOException;

    /** Waits until nobody else adds or removes; from then on nobody does until it is closed. */
    Passage toRemove(RepositoryName repository) throws IOException;

    /** Another text after every addition that others made: the same twice says that nothing was between. */
    String additions(RepositoryName repository) throws IOException;

    /** Being inside. */
    interface Passage extends AutoCloseable {
        Passage FREE = new Passage() {
            @Override
            public void requireSure() {}

            @Override
            public void close() {}
        };

        /** @throws IOException if others may have taken this server for dead, and not waited for it */
        void requireSure() throws IOException;

        @Override
        void close() throws IOException;
    }
}
