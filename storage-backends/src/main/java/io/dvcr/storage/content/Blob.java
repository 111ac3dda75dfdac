package io.dvcr.storage.content;

import io.dvcr.storage.Digest;

/** A stored blob: its content address and its size in bytes. */
public record Blob(Digest digest, long size) {}
