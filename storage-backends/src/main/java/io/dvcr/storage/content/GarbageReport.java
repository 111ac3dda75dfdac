package io.dvcr.storage.content;

/**
 * What a garbage collection did, or would do. Counts are of blobs; sizes in bytes.
 *
 * @param setAside nothing names them; they are purged by a later collection unless they are asked for
 * @param broughtBack had been set aside, but a manifest names them
 * @param purged are gone
 * @param freedBytes what the purged took
 * @param left no manifest names them, but they stay for now: too young, only just set aside, or not yet let go of by
 *     every repository
 * @param leftBytes what later collections will free, if nothing names or asks for it meanwhile
 * @param unreadableManifests are lost or damaged; their repositories keep whatever they have
 */
public record GarbageReport(
        long setAside,
        long broughtBack,
        long purged,
        long freedBytes,
        long left,
        long leftBytes,
        long unreadableManifests) {
    static final GarbageReport NOTHING = new GarbageReport(0, 0, 0, 0, 0, 0, 0);

    /** Both collections together: what was done adds up, what is left is what the later one left. */
    GarbageReport then(GarbageReport later) {
        return new GarbageReport(
                setAside + later.setAside,
                broughtBack + later.broughtBack,
                purged + later.purged,
                freedBytes + later.freedBytes,
                later.left,
                later.leftBytes,
                later.unreadableManifests);
    }
}
