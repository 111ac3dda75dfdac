package io.dvcr.importers.source;

import io.dvcr.storage.Digest;
import java.net.URI;

/** Why a source cannot be imported: the fault of who named it or of who serves it, not ours. */
public sealed interface SourceError {

    /** Stable, for programs. */
    String code();

    /** For people: gives the value and what was expected; holds no secret. */
    String message();

    record UrlRefused(String url, String reason) implements SourceError {
        @Override
        public String code() {
            return "URL_REFUSED";
        }

        @Override
        public String message() {
            return url + " is refused: " + reason;
        }
    }

    record AddressRefused(String host, String address, String reason) implements SourceError {
        @Override
        public String code() {
            return "ADDRESS_REFUSED";
        }

        @Override
        public String message() {
            return host + " has the address " + address + ", which is refused: " + reason;
        }
    }

    record HttpStatus(URI url, int status) implements SourceError {
        @Override
        public String code() {
            return "SOURCE_HTTP_STATUS";
        }

        @Override
        public String message() {
            return url + " answered with status " + status;
        }
    }

    record TooManyRedirects(URI url, int limit) implements SourceError {
        @Override
        public String code() {
            return "SOURCE_REDIRECTS";
        }

        @Override
        public String message() {
            return url + " redirects more than " + limit + " times";
        }
    }

    /** The connection failed, and trying again did not help. */
    record Unreachable(URI url, String reason) implements SourceError {
        @Override
        public String code() {
            return "SOURCE_UNREACHABLE";
        }

        @Override
        public String message() {
            return url + " cannot be read: " + reason;
        }
    }

    /** The source is not what it was when the transfer began, or cannot tell, so the transfer cannot go on. */
    record Changed(URI url) implements SourceError {
        @Override
        public String code() {
            return "SOURCE_CHANGED";
        }

        @Override
        public String message() {
            return url + " was cut off and could not be resumed: what the server sends now is not what it sent before";
        }
    }

    /** The server's certificate is not to be believed. */
    record Untrusted(URI url, String reason) implements SourceError {
        @Override
        public String code() {
            return "SOURCE_UNTRUSTED";
        }

        @Override
        public String message() {
            return url + " is served with a certificate that is not trusted: " + reason;
        }
    }

    record EncodingUnsupported(URI url, String encoding) implements SourceError {
        @Override
        public String code() {
            return "SOURCE_ENCODING";
        }

        @Override
        public String message() {
            return url + " is served with the content coding " + encoding + ", though identity was asked for";
        }
    }

    /** A page for people came instead, such as a login. */
    record NotAnImage(URI url) implements SourceError {
        @Override
        public String code() {
            return "SOURCE_NOT_AN_IMAGE";
        }

        @Override
        public String message() {
            return url + " is a web page, not an image";
        }
    }

    record WrongLength(URI url, long announced, long actual) implements SourceError {
        @Override
        public String code() {
            return "SOURCE_LENGTH";
        }

        @Override
        public String message() {
            return url + " has " + actual + " bytes, though the server announced " + announced;
        }
    }

    record ChecksumMismatch(Checksum expected, String actualHex) implements SourceError {
        @Override
        public String code() {
            return "CHECKSUM_MISMATCH";
        }

        @Override
        public String message() {
            return "the source has " + expected.algorithm().label() + " " + actualHex + ", not " + expected.hex();
        }
    }

    record ChecksumUnavailable(URI url, String file) implements SourceError {
        @Override
        public String code() {
            return "CHECKSUM_UNAVAILABLE";
        }

        @Override
        public String message() {
            return url + " has no checksum of \"" + file + "\", or several that differ";
        }
    }

    /** What a client named is not for what it asked. */
    record SecretRefused(SecretName name, String reason) implements SourceError {
        @Override
        public String code() {
            return "SECRET_REFUSED";
        }

        @Override
        public String message() {
            return "the secret " + name + " cannot be used: " + reason;
        }
    }

    /** A registry has not what was named, does not give it, or answers what it must not. */
    record RegistryFailed(String image, String reason) implements SourceError {
        @Override
        public String code() {
            return "SOURCE_REGISTRY";
        }

        @Override
        public String message() {
            return image + " cannot be pulled: " + reason;
        }
    }

    /** What a registry has by that name is something else. */
    record NoDisk(String image, String reason) implements SourceError {
        @Override
        public String code() {
            return "SOURCE_NO_DISK";
        }

        @Override
        public String message() {
            return image + " holds no disk: " + reason;
        }
    }

    /** A blob that a registry sent is not the one that was asked for. */
    record BlobMismatch(String image, Digest expected, String reason) implements SourceError {
        @Override
        public String code() {
            return "SOURCE_DIGEST_MISMATCH";
        }

        @Override
        public String message() {
            return image + " was sent with another blob than " + expected + ": " + reason;
        }
    }

    /** A disk artifact that breaks the rules of the format, or whose packs do not hold what its index says. */
    record DiskMalformed(String reason) implements SourceError {
        @Override
        public String code() {
            return "DISK_MALFORMED";
        }

        @Override
        public String message() {
            return "the disk artifact is refused: " + reason;
        }
    }

    /** A path on the server's host that is not to be read, or cannot be. */
    record VolumeRefused(String path, String reason) implements SourceError {
        @Override
        public String code() {
            return "VOLUME_REFUSED";
        }

        @Override
        public String message() {
            return path + " is refused: " + reason;
        }
    }

    /** Somebody wrote to a file while it was imported. */
    record VolumeChanged(String path) implements SourceError {
        @Override
        public String code() {
            return "SOURCE_CHANGED";
        }

        @Override
        public String message() {
            return path + " was changed while it was read: nobody may use it meanwhile";
        }
    }

    record TooLarge(long limitBytes) implements SourceError {
        @Override
        public String code() {
            return "SOURCE_TOO_LARGE";
        }

        @Override
        public String message() {
            return "the source is larger than the limit of " + limitBytes + " bytes";
        }
    }

    /** What a client had sent was removed before the import began. */
    record UploadGone() implements SourceError {
        @Override
        public String code() {
            return "UPLOAD_GONE";
        }

        @Override
        public String message() {
            return "what was uploaded is not there any more";
        }
    }
}
