package io.dvcr.converters.disk;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.converters.disk.DiskFormatException.Reason;
import io.dvcr.storage.Digest;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * What there is to know of a disk without reading it, section "Configuration". Sizes are in bytes.
 *
 * @param virtualSize what a guest sees
 * @param usedSize the part of it that chunks make up
 * @param newlyStored the index and those packs that were not there before; empty if whoever wrote the disk did not say
 * @param sourceFormat what the disk was made from: {@code raw}, {@code qcow2}, {@code vmdk}, {@code vdi}, {@code vhd},
 *     {@code vhdx}, {@code iso}
 * @param sourceDigest the SHA-256 of what was received; empty if it was not received as one file
 * @param cdrom whether it is to be attached as a CD-ROM
 * @param architecture as Go names it ({@code amd64}, {@code arm64}); empty if not known
 * @param firmware what it boots with, {@code bios} or {@code uefi}; empty if not known
 * @param partitionTable {@code mbr}, {@code gpt} or {@code none}; empty if nobody looked
 * @param created when, to the second
 */
public record DiskConfig(
        long virtualSize,
        long usedSize,
        OptionalLong newlyStored,
        String sourceFormat,
        Optional<Digest> sourceDigest,
        boolean cdrom,
        Optional<String> architecture,
        Optional<String> firmware,
        Optional<String> partitionTable,
        Instant created) {

    static final int MAX_BYTES = 64 << 10;

    private static final long MAX_STORED = 1L << 44;

    private static final Pattern WORD = Pattern.compile("[a-z0-9][a-z0-9._-]{0,31}");
    private static final Instant YEAR_0 = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant YEAR_10000 = Instant.parse("+10000-01-01T00:00:00Z");

    public DiskConfig {
        require(virtualSize >= 0 && virtualSize <= DiskFormat.MAX_DISK, "a disk of " + virtualSize + " bytes");
        require(usedSize >= 0 && usedSize <= virtualSize, usedSize + " bytes used of " + virtualSize);
        require(newlyStored.orElse(0) >= 0, newlyStored + " bytes newly stored");
        requireWord(sourceFormat);
        architecture.ifPresent(DiskConfig::requireWord);
        firmware.ifPresent(DiskConfig::requireWord);
        partitionTable.ifPresent(DiskConfig::requireWord);
        require(
                sourceDigest.stream().allMatch(d -> d.algorithm() == Digest.Algorithm.SHA256),
                "the source digest is a SHA-256");
        created = created.truncatedTo(ChronoUnit.SECONDS);
        require(!created.isBefore(YEAR_0) && created.isBefore(YEAR_10000), "created " + created);
    }

    /** A disk of which nobody says what was newly stored, nor how it is partitioned. */
    public DiskConfig(
            long virtualSize,
            long usedSize,
            String sourceFormat,
            Optional<Digest> sourceDigest,
            boolean cdrom,
            Optional<String> architecture,
            Optional<String> firmware,
            Instant created) {
        this(
                virtualSize,
                usedSize,
                OptionalLong.empty(),
                sourceFormat,
                sourceDigest,
                cdrom,
                architecture,
                firmware,
                Optional.empty(),
                created);
    }

    /** The same disk, of which {@code bytes} were newly stored. */
    public DiskConfig withNewlyStored(long bytes) {
        return new DiskConfig(
                virtualSize,
                usedSize,
                OptionalLong.of(bytes),
                sourceFormat,
                sourceDigest,
                cdrom,
                architecture,
                firmware,
                partitionTable,
                created);
    }

    /** The same disk, with a partition table of this name. */
    public DiskConfig withPartitionTable(String name) {
        return new DiskConfig(
                virtualSize,
                usedSize,
                newlyStored,
                sourceFormat,
                sourceDigest,
                cdrom,
                architecture,
                firmware,
                Optional.of(name),
                created);
    }

    /** @throws DiskFormatException if {@code json} is not the configuration of a disk */
    public static DiskConfig parse(byte[] json) throws IOException {
        StrictJson config = StrictJson.read(json, MAX_BYTES, Reason.CONFIG, "config");
        try {
            return new DiskConfig(
                    config.field("virtualSize").number(DiskFormat.MAX_DISK),
                    config.field("usedSize").number(DiskFormat.MAX_DISK),
                    config.has("newlyStored")
                            ? OptionalLong.of(config.field("newlyStored").number(MAX_STORED))
                            : OptionalLong.empty(),
                    config.field("sourceFormat").string(),
                    config.has("sourceDigest")
                            ? Optional.of(config.field("sourceDigest").sha256())
                            : Optional.empty(),
                    config.field("cdrom").bool(),
                    optionalString(config, "architecture"),
                    optionalString(config, "firmware"),
                    optionalString(config, "partitionTable"),
                    OffsetDateTime.parse(config.field("created").string()).toInstant());
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new DiskFormatException(Reason.CONFIG, "config: " + e.getMessage());
        }
    }

    /** The configuration blob; the same bytes for equal configurations. */
    public byte[] toJson() {
        ObjectNode config = StrictJson.object();
        config.put("virtualSize", virtualSize).put("usedSize", usedSize);
        newlyStored.ifPresent(bytes -> config.put("newlyStored", bytes));
        config.put("sourceFormat", sourceFormat);
        sourceDigest.ifPresent(digest -> config.put("sourceDigest", digest.toString()));
        config.put("cdrom", cdrom);
        architecture.ifPresent(name -> config.put("architecture", name));
        firmware.ifPresent(name -> config.put("firmware", name));
        partitionTable.ifPresent(name -> config.put("partitionTable", name));
        config.put("created", created.toString());
        return StrictJson.write(config);
    }

    /** @throws DiskFormatException if the disk of {@code index} has other sizes */
    public void requireMatch(DiskIndex index) throws DiskFormatException {
        if (virtualSize != index.diskSize() || usedSize != index.usedSize()) {
            throw new DiskFormatException(
                    Reason.MISMATCH,
                    "the configuration has " + usedSize + " bytes used of " + virtualSize + ", the index "
                            + index.usedSize() + " of " + index.diskSize());
        }
    }

    private static Optional<String> optionalString(StrictJson config, String field) throws DiskFormatException {
        return config.has(field) ? Optional.of(config.field(field).string()) : Optional.empty();
    }

    private static void requireWord(String word) {
        require(WORD.matcher(word).matches(), "not a lower-case name of up to 32 characters: " + word);
    }

    private static void require(boolean rule, String message) {
        if (!rule) {
            throw new IllegalArgumentException(message);
        }
    }
}
