package io.dvcr.storage.content;

/**
 * Room in a repository for content that is about to be given to it. Closing gives the room back unless the content has
 * come: then it counts as held.
 */
interface Charge extends AutoCloseable {

    /** The content is the repository's. */
    void settle();

    @Override
    void close();

    /** For content that takes no more room, or where nobody counts. */
    static Charge none() {
        return new Charge() {
            @Override
            public void settle() {}

            @Override
            public void close() {}
        };
    }
}
