package io.dvcr.importers.upload;

/** A new upload, and what its client has to know to go on with it. */
public record BegunUpload(UploadToken token, UploadStatus status) {}
