package io.dvcr.storage.object;

import java.time.Instant;

/** What a store knows of an object besides its bytes: its size in bytes and when it was last written. */
public record ObjectInfo(ObjectKey key, long size, Instant modified) {}
