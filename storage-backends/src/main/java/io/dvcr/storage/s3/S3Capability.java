package io.dvcr.storage.s3;

/** What a server must be able to do, beyond storing and reading whole objects. */
public enum S3Capability {
    /** {@code If-None-Match: *} with PUT: else two writers could both believe that they were first. */
    CONDITIONAL_PUT("does not refuse to replace an object by a PUT with If-None-Match: *"),
    RANGED_GET("does not answer a GET with Range with that range only"),
    /** Version 2 of it, behind a key. */
    LISTING("does not list what was just stored (ListObjectsV2 with start-after)"),
    COPY("does not copy objects (CopyObject)"),
    MULTIPART("does not take multipart uploads"),
    PART_COPY("does not copy parts of objects into multipart uploads (UploadPartCopy)");

    private final String lack;

    S3Capability(String lack) {
        this.lack = lack;
    }

    /** What a server without it does, for the operator to read. */
    String lack() {
        return lack;
    }
}
