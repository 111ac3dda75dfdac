package io.dvcr.storage;

import java.time.Duration;
import java.util.List;

/** What a client of the registry did wrong. The HTTP face gives each its status and code, in one place. */
public sealed interface RegistryError {

    /** For the client: gives the value and what was expected; holds no secret and no stack trace. */
    String message();

    record NameInvalid(String name) implements RegistryError {
        @Override
        public String message() {
            return "invalid repository name \"" + abbreviated(name)
                    + "\": lower-case letters, digits and single separators . _ - within components split by /";
        }
    }

    record TagInvalid(String tag) implements RegistryError {
        @Override
        public String message() {
            return "invalid tag \"" + abbreviated(tag)
                    + "\": up to 128 letters, digits and . _ -, not starting with . or -";
        }
    }

    record DigestInvalid(String digest) implements RegistryError {
        @Override
        public String message() {
            return "invalid digest \"" + abbreviated(digest) + "\": sha256:<64 hex> or sha512:<128 hex>";
        }
    }

    record AlgorithmUnsupported(String name) implements RegistryError {
        @Override
        public String message() {
            return "digest algorithm \"" + abbreviated(name) + "\" is not supported: sha256 or sha512";
        }
    }

    record DigestMismatch(Digest expected, Digest actual) implements RegistryError {
        @Override
        public String message() {
            return "content has digest " + actual + ", not " + expected;
        }
    }

    record NameUnknown(RepositoryName name) implements RegistryError {
        @Override
        public String message() {
            return "repository " + name + " is not known to this registry";
        }
    }

    record BlobUnknown(Digest digest) implements RegistryError {
        @Override
        public String message() {
            return "blob " + digest + " is not in this repository";
        }
    }

    record ManifestUnknown(RepositoryName name, Reference reference) implements RegistryError {
        @Override
        public String message() {
            return "manifest " + reference + " is not in repository " + name;
        }
    }

    /** A manifest names a blob or manifest that the repository does not hold. */
    record ManifestBlobUnknown(Digest digest) implements RegistryError {
        @Override
        public String message() {
            return "the manifest names " + digest + ", which is not in this repository";
        }
    }

    record ManifestInvalid(String reason) implements RegistryError {
        @Override
        public String message() {
            return "invalid manifest: " + reason;
        }
    }

    record UploadUnknown(String id) implements RegistryError {
        @Override
        public String message() {
            return "upload " + abbreviated(id) + " is not known, or it was finished, cancelled or expired";
        }
    }

    /** What a request says of its part of an upload cannot be understood. */
    record UploadInvalid(String reason) implements RegistryError {
        @Override
        public String message() {
            return reason;
        }
    }

    /** Another request is writing to the same upload. */
    record UploadBusy(String id) implements RegistryError {
        @Override
        public String message() {
            return "upload " + id + " is being written by another request";
        }
    }

    /** A chunk does not start where the upload ends. */
    record ChunkOutOfOrder(long expectedStart, long actualStart) implements RegistryError {
        @Override
        public String message() {
            return "the chunk starts at byte " + actualStart + ", but the upload goes on at byte " + expectedStart;
        }
    }

    /** A body has not the length that was announced. */
    record SizeInvalid(long expected, long actual) implements RegistryError {
        @Override
        public String message() {
            return "expected " + expected + " bytes, got " + actual;
        }
    }

    record TooLarge(String what, long limitBytes) implements RegistryError {
        @Override
        public String message() {
            return what + " is larger than the limit of " + limitBytes + " bytes";
        }
    }

    record RangeNotSatisfiable(long sizeBytes) implements RegistryError {
        @Override
        public String message() {
            return "the range lies outside the content's " + sizeBytes + " bytes";
        }
    }

    /** A parameter, header or JSON body that does not say what it must. */
    record RequestInvalid(String reason) implements RegistryError {
        @Override
        public String message() {
            return reason;
        }
    }

    /** The path exists but does not take this method. */
    record MethodNotAllowed(String method) implements RegistryError {
        @Override
        public String message() {
            return "method " + abbreviated(method) + " is not supported here";
        }
    }

    /** No such resource outside {@code /v2}: {@code what} names its kind and identity. */
    record NotFound(String what) implements RegistryError {
        @Override
        public String message() {
            return what + " does not exist";
        }
    }

    /**
     * The caller has not proved who they are, or what they have shown proves nothing.
     *
     * @param challenge how they may: the value of {@code WWW-Authenticate} (RFC 9110, section 11.6.1)
     */
    record Unauthorized(String reason, String challenge) implements RegistryError {
        @Override
        public String message() {
            return reason;
        }
    }

    /** The caller is known and may not do {@code what}. */
    record Denied(String what) implements RegistryError {
        @Override
        public String message() {
            return "access denied: " + what;
        }
    }

    /** The client asks too much, or too often, for now. */
    record TooManyRequests(String reason, Duration retryAfter) implements RegistryError {
        @Override
        public String message() {
            return reason;
        }
    }

    /** The server can do no more for now, whoever asks. */
    record Unavailable(String reason, Duration retryAfter) implements RegistryError {
        @Override
        public String message() {
            return reason;
        }
    }

    /** The client was too slow to say all it had to say. */
    record RequestTimeout() implements RegistryError {
        @Override
        public String message() {
            return "the body of the request came too slowly";
        }
    }

    record TargetTooLong(int limitBytes) implements RegistryError {
        @Override
        public String message() {
            return "the first line of the request is longer than the limit of " + limitBytes + " bytes";
        }
    }

    record HeadersTooLarge(int limitBytes) implements RegistryError {
        @Override
        public String message() {
            return "the headers are larger than the limit of " + limitBytes + " bytes";
        }
    }

    /**
     * The repository would hold more than its quota allows.
     *
     * @param addedBytes what was to come to it
     */
    record QuotaExceeded(RepositoryName repository, long heldBytes, long addedBytes, long quotaBytes)
            implements RegistryError {
        @Override
        public String message() {
            return "repository " + repository + " holds " + heldBytes + " bytes of its quota of " + quotaBytes
                    + "; adding " + addedBytes + " bytes would exceed it";
        }
    }

    /** An immutable tag names, or leads to, what was to be changed or deleted. */
    record TagImmutable(RepositoryName repository, Tag tag, Digest manifest) implements RegistryError {
        @Override
        public String message() {
            return "tag " + tag + " of " + repository + " is immutable: it names " + manifest
                    + " and can be neither moved nor deleted, nor can what belongs to it";
        }
    }

    /** An index lists the manifest that was to be deleted, and would be broken without it. */
    record ManifestListed(RepositoryName repository, Digest manifest, Digest index, List<Tag> tags)
            implements RegistryError {
        public ManifestListed {
            tags = List.copyOf(tags);
        }

        @Override
        public String message() {
            String named = tags.isEmpty() ? "" : " (tag " + tags.getFirst() + ")";
            return "manifest " + manifest + " of " + repository + " belongs to index " + index + named
                    + ": delete that instead";
        }
    }

    /** What was there once and can be used no more. */
    record Gone(String reason) implements RegistryError {
        @Override
        public String message() {
            return reason;
        }
    }

    /** The client speaks another version of a protocol. */
    record VersionUnsupported(String protocol, String given, String supported) implements RegistryError {
        @Override
        public String message() {
            return protocol + " is spoken in version " + supported + ", not \"" + abbreviated(given) + "\"";
        }
    }

    record MediaTypeUnsupported(String given, String expected) implements RegistryError {
        @Override
        public String message() {
            return "Content-Type must be " + expected + ", not \"" + abbreviated(given) + "\"";
        }
    }

    /** A part of an upload is not what its client says it is. */
    record PartDamaged(String algorithm) implements RegistryError {
        @Override
        public String message() {
            return "what came has not the " + algorithm + " that was announced, and is not kept";
        }
    }

    /** What a client sent cannot be made an image. */
    record ImageRefused(String code, String reason) implements RegistryError {
        @Override
        public String message() {
            return reason;
        }
    }

    /** The request contradicts the state of what it names, for example a second machine of one name. */
    record Conflict(String reason) implements RegistryError {
        @Override
        public String message() {
            return reason;
        }
    }

    private static String abbreviated(String text) {
        return text.length() <= 140 ? text : text.substring(0, 140) + "…";
    }
}
