package io.dvcr.registry.http;

import io.dvcr.storage.RegistryError;
import io.dvcr.storage.RegistryError.AlgorithmUnsupported;
import io.dvcr.storage.RegistryError.BlobUnknown;
import io.dvcr.storage.RegistryError.ChunkOutOfOrder;
import io.dvcr.storage.RegistryError.Conflict;
import io.dvcr.storage.RegistryError.Denied;
import io.dvcr.storage.RegistryError.DigestInvalid;
import io.dvcr.storage.RegistryError.DigestMismatch;
import io.dvcr.storage.RegistryError.Gone;
import io.dvcr.storage.RegistryError.HeadersTooLarge;
import io.dvcr.storage.RegistryError.ImageRefused;
import io.dvcr.storage.RegistryError.ManifestBlobUnknown;
import io.dvcr.storage.RegistryError.ManifestInvalid;
import io.dvcr.storage.RegistryError.ManifestListed;
import io.dvcr.storage.RegistryError.ManifestUnknown;
import io.dvcr.storage.RegistryError.MediaTypeUnsupported;
import io.dvcr.storage.RegistryError.MethodNotAllowed;
import io.dvcr.storage.RegistryError.NameInvalid;
import io.dvcr.storage.RegistryError.NameUnknown;
import io.dvcr.storage.RegistryError.NotFound;
import io.dvcr.storage.RegistryError.PartDamaged;
import io.dvcr.storage.RegistryError.QuotaExceeded;
import io.dvcr.storage.RegistryError.RangeNotSatisfiable;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryError.RequestTimeout;
import io.dvcr.storage.RegistryError.SizeInvalid;
import io.dvcr.storage.RegistryError.TagImmutable;
import io.dvcr.storage.RegistryError.TagInvalid;
import io.dvcr.storage.RegistryError.TargetTooLong;
import io.dvcr.storage.RegistryError.TooLarge;
import io.dvcr.storage.RegistryError.TooManyRequests;
import io.dvcr.storage.RegistryError.Unauthorized;
import io.dvcr.storage.RegistryError.Unavailable;
import io.dvcr.storage.RegistryError.UploadBusy;
import io.dvcr.storage.RegistryError.UploadInvalid;
import io.dvcr.storage.RegistryError.UploadUnknown;
import io.dvcr.storage.RegistryError.VersionUnsupported;

/** The status and code of every error, in one place: OCI distribution specification, section "Error Codes". */
record OciError(int status, String code) {

    static OciError of(RegistryError error) {
        return switch (error) { // no default: a new error must be placed here
            case NameInvalid _ -> new OciError(400, "NAME_INVALID");
            case TagInvalid _, ManifestInvalid _ -> new OciError(400, "MANIFEST_INVALID");
            case DigestInvalid _, DigestMismatch _, AlgorithmUnsupported _ -> new OciError(400, "DIGEST_INVALID");
            case SizeInvalid _ -> new OciError(400, "SIZE_INVALID");
            case UploadInvalid _ -> new OciError(400, "BLOB_UPLOAD_INVALID");
            case RequestInvalid _ -> new OciError(400, "UNSUPPORTED");
            case Unauthorized _ -> new OciError(401, "UNAUTHORIZED");
            case Denied _, QuotaExceeded _ -> new OciError(403, "DENIED");
            case NameUnknown _ -> new OciError(404, "NAME_UNKNOWN");
            case BlobUnknown _ -> new OciError(404, "BLOB_UNKNOWN");
            case ManifestUnknown _ -> new OciError(404, "MANIFEST_UNKNOWN");
            case ManifestBlobUnknown _ -> new OciError(404, "MANIFEST_BLOB_UNKNOWN");
            case UploadUnknown _ -> new OciError(404, "BLOB_UPLOAD_UNKNOWN");
            case NotFound _ -> new OciError(404, "NOT_FOUND");
            case MethodNotAllowed _ -> new OciError(405, "UNSUPPORTED");
            case RequestTimeout _ -> new OciError(408, "UNSUPPORTED");
            case UploadBusy _ -> new OciError(409, "BLOB_UPLOAD_INVALID");
            case TagImmutable _, ManifestListed _ -> new OciError(409, "DENIED");
            case Conflict _ -> new OciError(409, "CONFLICT");
            case Gone _ -> new OciError(410, "GONE");
            case VersionUnsupported _ -> new OciError(412, "UNSUPPORTED");
            case TooLarge _ -> new OciError(413, "SIZE_INVALID");
            case TargetTooLong _ -> new OciError(414, "UNSUPPORTED");
            case MediaTypeUnsupported _ -> new OciError(415, "UNSUPPORTED");
            case ChunkOutOfOrder _ -> new OciError(416, "BLOB_UPLOAD_INVALID");
            case RangeNotSatisfiable _ -> new OciError(416, "RANGE_INVALID");
            case ImageRefused(String code, String _) -> new OciError(statusOfRefusal(code), code);
            case TooManyRequests _ -> new OciError(429, "TOOMANYREQUESTS");
            case HeadersTooLarge _ -> new OciError(431, "UNSUPPORTED");
            case PartDamaged _ -> new OciError(460, "CHECKSUM_MISMATCH"); // tus, "Checksum"
            case Unavailable _ -> new OciError(503, "UNAVAILABLE");
        };
    }

    /** Some images are refused for what is not theirs. */
    private static int statusOfRefusal(String code) {
        return switch (code) {
            case "STORAGE_FULL" -> 507;
            case "INTERNAL" -> 500;
            default -> 422;
        };
    }
}
