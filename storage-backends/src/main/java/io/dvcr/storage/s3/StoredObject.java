package io.dvcr.storage.s3;

import java.time.Instant;
import java.util.Map;

/**
 * What a server says of an object.
 *
 * @param key of the bucket
 * @param metadata what it was stored with; a listing does not say
 */
record StoredObject(String key, long size, Instant modified, Map<String, String> metadata) {}
