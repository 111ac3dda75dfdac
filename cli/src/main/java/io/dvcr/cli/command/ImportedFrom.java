package io.dvcr.cli.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;

/** What a user names to be imported, as the API wants it. The server judges what stands behind the scheme. */
sealed interface ImportedFrom {
    String FILE = "file://";

    /**
     * The {@code source} of a request.
     *
     * <p>The options are as the user gave them; empty if not.
     *
     * @throws RegistryException with {@link RequestInvalid} if an option does not go with such a source
     */
    ObjectNode toJson(String checksum, String secret, String architecture);

    /** Tells by the scheme; {@code oci://} is what some tools write for {@code docker://}. */
    static ImportedFrom parse(String text) {
        for (String scheme : new String[] {"docker://", "oci://"}) {
            if (text.startsWith(scheme)) {
                return new Registry(text.substring(scheme.length()));
            }
        }
        return text.startsWith(FILE) ? new Volume(text.substring(FILE.length())) : new Http(text);
    }

    /** An image in a container registry. */
    record Registry(String image) implements ImportedFrom {
        @Override
        public ObjectNode toJson(String checksum, String secret, String architecture) {
            requireAbsent("--checksum", checksum, "in a registry, which is verified anyway: name it by its digest");
            ObjectNode source = JsonNodeFactory.instance.objectNode();
            ObjectNode registry = source.putObject("registry").put("image", image);
            putGiven(registry, "architecture", architecture);
            putGiven(registry, "secret", secret);
            return source;
        }
    }

    /** A file, or a block device, of the server's host. */
    record Volume(String path) implements ImportedFrom {
        @Override
        public ObjectNode toJson(String checksum, String secret, String architecture) {
            requireAbsent("--arch", architecture, "in files");
            requireAbsent("--secret", secret, "in files");
            ObjectNode source = JsonNodeFactory.instance.objectNode();
            ObjectNode volume = source.putObject("volume").put("path", path);
            putChecksum(volume, checksum);
            return source;
        }
    }

    /** A file at a URL. */
    record Http(String url) implements ImportedFrom {
        @Override
        public ObjectNode toJson(String checksum, String secret, String architecture) {
            requireAbsent("--arch", architecture, "at a URL");
            ObjectNode source = JsonNodeFactory.instance.objectNode();
            ObjectNode http = source.putObject("http").put("url", url);
            putGiven(http, "secret", secret);
            if (checksum.startsWith("https://") || checksum.startsWith("http://")) {
                http.put("checksumUrl", checksum);
            } else {
                putChecksum(http, checksum);
            }
            return source;
        }
    }

    private static void putChecksum(ObjectNode json, String checksum) {
        if (!checksum.isEmpty()) {
            String[] parts = checksum.split(":", 2);
            json.putObject("checksum").put(parts[0], parts.length == 2 ? parts[1] : "");
        }
    }

    private static void putGiven(ObjectNode json, String field, String value) {
        if (!value.isEmpty()) {
            json.put(field, value);
        }
    }

    private static void requireAbsent(String option, String value, String where) {
        if (!value.isEmpty()) {
            throw new RegistryException(new RequestInvalid(option + " is not for images " + where));
        }
    }
}
