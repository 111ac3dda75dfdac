package io.dvcr.cli.config;

import io.dvcr.storage.s3.S3Credentials;
import io.dvcr.storage.s3.S3Credentials.Keys;
import io.dvcr.storage.s3.S3Credentials.Profile;
import io.dvcr.storage.s3.S3Credentials.Surroundings;
import io.dvcr.storage.s3.S3Links;
import io.dvcr.storage.s3.S3Patience;
import io.dvcr.storage.s3.S3Server;
import io.dvcr.storage.s3.S3Settings;
import io.dvcr.storage.s3.S3Sizes;
import java.time.Duration;
import java.util.Optional;

/** Reads {@code storage}. */
final class StorageSection {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;
    private static final long TIB = 1L << 40;

    private StorageSection() {}

    static StorageSettings read(Section section, StorageSettings defaults) {
        return new StorageSettings(
                section.size("reserve", defaults.reserveBytes(), 0, TIB),
                section.optionalSection("s3", StorageSection::s3));
    }

    private static S3Settings s3(Section section) {
        return new S3Settings(
                section.required("bucket", ValueType.TEXT, "bucket"),
                section.optional("prefix", ValueType.TEXT).orElse(""),
                server(section, S3Server.DEFAULTS),
                patience(section, S3Patience.DEFAULTS),
                sizes(section, S3Sizes.DEFAULTS),
                links(section, S3Links.DEFAULTS));
    }

    private static S3Links links(Section section, S3Links defaults) {
        return new S3Links(
                section.optional("linkEndpoint", ValueType.URL),
                section.value("linkLifetime", ValueType.duration(SECOND, Duration.ofDays(7)), defaults.lifetime()));
    }

    private static S3Server server(Section section, S3Server defaults) {
        return new S3Server(
                section.optional("endpoint", ValueType.URL),
                section.value("region", ValueType.TEXT, defaults.region()),
                section.flag("pathStyle", defaults.pathStyle()),
                section.flag("checksums", defaults.checksums()),
                section.flag("chunkedEncoding", defaults.chunkedEncoding()),
                credentials(section));
    }

    private static S3Credentials credentials(Section section) {
        Optional<String> accessKey = section.optional("accessKey", ValueType.TEXT);
        Optional<String> secretKey = section.optional("secretKey", ValueType.SECRET);
        Optional<String> profile = section.optional("profile", ValueType.TEXT);
        if (accessKey.isPresent() != secretKey.isPresent()) {
            throw new IllegalArgumentException("must have both accessKey and secretKey, or neither");
        }
        if (accessKey.isPresent() && profile.isPresent()) {
            throw new IllegalArgumentException("must have either accessKey and secretKey or profile");
        }
        return accessKey
                .<S3Credentials>map(key -> new Keys(key, secretKey.orElseThrow()))
                .or(() -> profile.map(Profile::new))
                .orElseGet(Surroundings::new);
    }

    private static S3Patience patience(Section section, S3Patience defaults) {
        return new S3Patience(
                section.number("connections", defaults.connections(), 4, 10_000),
                section.duration("connectTimeout", defaults.connect(), SECOND),
                section.duration("silence", defaults.silence(), SECOND),
                section.number("attempts", defaults.attempts(), 1, 100),
                section.duration("timeout", defaults.total(), SECOND),
                section.duration("copyTimeout", defaults.copying(), SECOND));
    }

    private static S3Sizes sizes(Section section, S3Sizes defaults) {
        return new S3Sizes(
                (int) section.size("partSize", defaults.partBytes(), S3Sizes.MIN_PART_BYTES, GIB),
                section.number("partsAtOnce", defaults.partsAtOnce(), 1, 16),
                section.size("uploadMemory", defaults.uploadBytes(), 10 * MIB, 32 * GIB),
                section.size("maxCopySize", defaults.copyBytes(), 16 * MIB, 5 * TIB));
    }
}
