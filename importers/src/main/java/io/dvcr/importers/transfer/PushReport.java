package io.dvcr.importers.transfer;

import io.dvcr.converters.disk.WrittenDisk;
import io.dvcr.storage.Digest;

/**
 * What a push has done.
 *
 * @param digest of the manifest
 * @param format what the file was
 * @param disk what the disk is made of
 * @param sent the bytes of blobs that travelled; those of the disk that are not among them were there
 */
public record PushReport(Digest digest, String format, WrittenDisk disk, long sent) {}
