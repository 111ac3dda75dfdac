package io.dvcr.storage.s3;

import java.time.Instant;

/** A multipart upload that was neither completed nor aborted. */
record StartedUpload(String key, String id, Instant started) {}
