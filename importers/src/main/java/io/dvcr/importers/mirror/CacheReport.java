package io.dvcr.importers.mirror;

/**
 * How much is kept of mirrored registries, and what was removed to make room since the start.
 *
 * @param bytes as it was when it was looked at last, and what has come since
 * @param pinnedBytes what must stay; as it was when there had to be made room last
 */
public record CacheReport(long bytes, long maxBytes, long pinnedBytes, long removed, long removedBytes) {}
