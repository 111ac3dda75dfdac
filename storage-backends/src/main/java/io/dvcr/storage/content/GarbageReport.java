package io.dvcr.storage.content;

/**
 * What a garbage collection did, or would do. Counts are of blobs; sizes in bytes.
 *
 * @param setAside nothing names them; they are purged by a later collection unless they are asked for
 * @param broughtBack had been set aside, but a manifest names them
 * @param purged are gone
 * @param freedBytes what the purged took
 */
public record GarbageReport(long setAside, long broughtBack, long purged, long freedBytes) {}
