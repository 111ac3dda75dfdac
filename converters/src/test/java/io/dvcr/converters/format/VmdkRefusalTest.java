package io.dvcr.converters.format;

import static io.dvcr.converters.format.VmdkBytes.CAPACITY;
import static io.dvcr.converters.format.VmdkBytes.DIRECTORY;
import static io.dvcr.converters.format.VmdkBytes.FOOTER;
import static io.dvcr.converters.format.VmdkBytes.OVERHEAD;
import static io.dvcr.converters.format.VmdkBytes.SECTOR;
import static io.dvcr.converters.format.VmdkBytes.STREAM_DIRECTORY;
import static io.dvcr.converters.format.VmdkBytes.STREAM_TABLE;
import static io.dvcr.converters.format.VmdkBytes.TABLE;
import static io.dvcr.converters.format.VmdkBytes.sparse;
import static io.dvcr.converters.format.VmdkBytes.stream;
import static io.dvcr.converters.format.VmdkBytes.tablesFirst;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

class VmdkRefusalTest extends RefusalContract {
    private static final int FOOTER_BYTE = FOOTER * SECTOR;
    private static final String NAME = "a-disk-with-a-name-that-tests-replace.vmdk";
    private static final String EXTENT = "RW 2048 SPARSE \"" + NAME + "\"";

    @Override
    ImageFormat format() {
        return ImageFormat.VMDK;
    }

    static Stream<Arguments> spoilt_headers() {
        return Stream.of(headers(), descriptors(), footers()).flatMap(s -> s);
    }

    private static Stream<Arguments> headers() {
        return Stream.of(
                arguments("VMDK_TRUNCATED", "a header cut short", sparse().cutTo(511)),
                arguments("VMDK_TRUNCATED", "only the magic", sparse().cutTo(4)),
                arguments("VMDK_TRUNCATED", "a directory outside", sparse().int64(56, 1 << 20)),
                arguments("VMDK_TRUNCATED", "a directory at the end of all", sparse().int64(56, Long.MAX_VALUE)),
                arguments("VMDK_TRUNCATED", "a directory at a negative sector", sparse().int64(56, -2)),
                arguments("VMDK_TRUNCATED", "a redundant directory outside", sparse().int64(48, 1 << 20)),
                arguments("VMDK_TRUNCATED", "an overhead beyond the end", sparse().int64(64, 1 << 20)),
                arguments("VMDK_VERSION_UNSUPPORTED", "version 0", sparse().int32(4, 0)),
                arguments("VMDK_VERSION_UNSUPPORTED", "version 4", sparse().int32(4, 4)),
                arguments("VMDK_FLAGS_UNKNOWN", "bit 3", sparse().int32(8, 3 | 1 << 3)),
                arguments("VMDK_FLAGS_UNKNOWN", "bit 31", sparse().int32(8, 1 << 31)),
                arguments("VMDK_NEWLINES_CHANGED", "CR LF for LF", sparse().ascii(73, "\r\n \n")),
                arguments("VMDK_COMPRESSION_UNSUPPORTED", "an algorithm, no flag", sparse().int16(77, 1)),
                arguments(
                        "VMDK_COMPRESSION_UNSUPPORTED", "algorithm 2", stream().int16(77, 2)),
                arguments("VMDK_COMPRESSION_UNSUPPORTED", "no markers", stream().int32(8, 0x10001)),
                arguments("VMDK_CAPACITY_INVALID", "no disk, so that QEMU reads extents", sparse().int64(12, 0)),
                arguments("IMAGE_TOO_LARGE", "over the limit", sparse().int64(12, (1L << 31) + 1)),
                arguments("IMAGE_TOO_LARGE", "a petabyte", sparse().int64(12, 1L << 41)),
                arguments("IMAGE_TOO_LARGE", "negative", sparse().int64(12, -1)),
                arguments("VMDK_GRAIN_SIZE_INVALID", "none", sparse().int64(20, 0)),
                arguments("VMDK_GRAIN_SIZE_INVALID", "4 sectors", sparse().int64(20, 4)),
                arguments("VMDK_GRAIN_SIZE_INVALID", "not a power of 2", sparse().int64(20, 96)),
                arguments("VMDK_GRAIN_SIZE_INVALID", "32 MiB", sparse().int64(20, 1 << 16)),
                arguments("VMDK_GRAIN_SIZE_INVALID", "negative", sparse().int64(20, Long.MIN_VALUE)),
                arguments(
                        "VMDK_GRAIN_SIZE_INVALID", "2 MiB, compressed", stream().int64(20, 1 << 12)),
                arguments("VMDK_FOOTER_INVALID", "a directory at the end of no stream", sparse().int64(56, -1)),
                arguments("VMDK_TABLE_SIZE_INVALID", "0 entries", sparse().int32(44, 0)),
                arguments("VMDK_TABLE_SIZE_INVALID", "1024 entries", sparse().int32(44, 1024)),
                arguments("VMDK_EXTERNAL_FILE", "a descriptor alone", descriptorAlone()));
    }

    private static Stream<Arguments> descriptors() {
        return Stream.of(
                arguments(
                        "VMDK_DESCRIPTOR_INVALID", "none", sparse().int64(28, 0).int64(36, 0)),
                arguments("VMDK_DESCRIPTOR_INVALID", "elsewhere", sparse().int64(28, 2)),
                arguments("VMDK_DESCRIPTOR_INVALID", "1 MiB", sparse().int64(36, 2048)),
                arguments("VMDK_DESCRIPTOR_INVALID", "no text", sparse().int8(SECTOR, 0)),
                arguments("VMDK_DESCRIPTOR_INVALID", "a file that ends before it", sparse().cutTo(512)),
                arguments(
                        "VMDK_TYPE_UNSUPPORTED",
                        "monolithicFlat",
                        sparse().replace("monolithicSparse\"", "monolithicFlat\"")),
                arguments("VMDK_TYPE_UNSUPPORTED", "vmfs", sparse().replace("monolithicSparse\"", "vmfs\"")),
                arguments(
                        "VMDK_TYPE_UNSUPPORTED",
                        "twoGbMaxExtentSparse",
                        sparse().replace("createType=\"monolithicSparse\"\n\n", "createType=\"twoGbMaxExtentFlat\"")),
                arguments(
                        "VMDK_TYPE_UNSUPPORTED",
                        "another than the header says",
                        sparse().replace("monolithicSparse\"", "streamOptimized\"")),
                arguments("VMDK_TYPE_UNSUPPORTED", "none", sparse().replace("createType", "created")),
                arguments(
                        "VMDK_TYPE_UNSUPPORTED",
                        "two",
                        sparse().replace(
                                        "# Extent description\n" + EXTENT,
                                        "createType=\"monolithicFlat\"\nRW 2048 SPARSE \"a.vmdk\"")),
                arguments("VMDK_PARENT", "a parent's identity", sparse().replace("ffffffff", "7e5b80a7")),
                arguments(
                        "VMDK_PARENT",
                        "a name for it",
                        sparse().replace("# The Disk Data Base", "parentFileNameHint=\"")),
                arguments(
                        "VMDK_PARENT",
                        "a name where only QEMU looks for it",
                        sparse().int64(36, 1)
                                .fill(SECTOR + 250, 350, ' ')
                                .ascii(SECTOR + 600, "parentFileNameHint=\"/etc/")),
                arguments("VMDK_EXTENTS_INVALID", "no extent", sparse().replace(EXTENT, "#")),
                arguments(
                        "VMDK_EXTENTS_INVALID",
                        "two extents",
                        sparse().replace("# Extent description", "RW 1 SPARSE \"b\"")),
                arguments("VMDK_EXTENTS_INVALID", "a malformed one", sparse().replace(EXTENT, "RW many SPARSE \"a\"")),
                arguments("VMDK_EXTENTS_INVALID", "another size", sparse().replace("RW 2048", "RW 1920")),
                arguments("VMDK_EXTENTS_INVALID", "a larger size", sparse().replace("RW 2048", "RW 2049")),
                arguments("VMDK_EXTERNAL_FILE", "a flat extent", sparse().replace("SPARSE", "FLAT")),
                arguments("VMDK_EXTERNAL_FILE", "no name", sparse().replace(EXTENT, "RW 2048 ZERO")),
                arguments("VMDK_EXTERNAL_FILE", "a path", sparse().replace(NAME, "/etc/passwd")),
                arguments("VMDK_EXTERNAL_FILE", "a path upwards", sparse().replace(NAME, "../a.vmdk")),
                arguments("VMDK_EXTERNAL_FILE", "a Windows path", sparse().replace(NAME, "a\\b.vmdk")),
                arguments("VMDK_EXTERNAL_FILE", "json:", sparse().replace(NAME, "json:{}")),
                arguments("VMDK_EXTERNAL_FILE", "a URL", sparse().replace(NAME, "nbd:127.0.0.1")));
    }

    private static Stream<Arguments> footers() {
        return Stream.of(
                arguments("VMDK_FOOTER_DIFFERS", "another capacity", stream().int64(FOOTER_BYTE + 12, CAPACITY / 2)),
                arguments("VMDK_FOOTER_DIFFERS", "other grains", stream().int64(FOOTER_BYTE + 20, 64)),
                arguments("VMDK_FOOTER_DIFFERS", "another descriptor", stream().int64(FOOTER_BYTE + 28, 30)),
                arguments("VMDK_FOOTER_DIFFERS", "another version", stream().int32(FOOTER_BYTE + 4, 1)),
                arguments("VMDK_FOOTER_DIFFERS", "no directory", stream().int64(FOOTER_BYTE + 56, -1)),
                arguments(
                        "VMDK_FOOTER_DIFFERS",
                        "not compressed",
                        stream().int32(FOOTER_BYTE + 8, 1).int16(FOOTER_BYTE + 77, 0)),
                arguments("VMDK_FOOTER_INVALID", "none", stream().ascii(FOOTER_BYTE, "VMDK")),
                arguments("VMDK_FOOTER_INVALID", "no marker", stream().int32(FOOTER_BYTE - SECTOR + 12, 2)),
                arguments("VMDK_FOOTER_INVALID", "no end", stream().int8(FOOTER_BYTE + SECTOR, 1)),
                arguments("VMDK_FOOTER_INVALID", "cut before its end", stream().cutTo(FOOTER_BYTE + SECTOR)),
                arguments("VMDK_TRUNCATED", "cut within a sector", stream().cutTo(FOOTER_BYTE + SECTOR + 1)),
                arguments("VMDK_TRUNCATED", "a directory outside", stream().int64(FOOTER_BYTE + 56, 1 << 20)));
    }

    static Stream<Arguments> spoilt_tables() {
        return Stream.of(
                arguments("VMDK_TRUNCATED", "a table outside", sparse().int32(DIRECTORY * SECTOR, 1000)),
                arguments("VMDK_TRUNCATED", "a table at the end of all", sparse().int32(DIRECTORY * SECTOR, -1)),
                arguments("VMDK_TRUNCATED", "a grain outside", sparse().int32(TABLE * SECTOR, 1000)),
                arguments("VMDK_TRUNCATED", "a grain half outside", sparse().int32(TABLE * SECTOR, OVERHEAD + 1)),
                arguments("VMDK_TRUNCATED", "cut in its data", sparse().cutTo((OVERHEAD + 100) * SECTOR)),
                arguments(
                        "VMDK_TRUNCATED",
                        "a table outside, by the footer",
                        stream().int32(STREAM_DIRECTORY * SECTOR, 999)),
                arguments(
                        "VMDK_TRUNCATED", "a compressed grain outside", stream().int32(STREAM_TABLE * SECTOR, 999)),
                arguments("VMDK_GRAINS_SHARED", "a grain used five times", sharing(sparse(), TABLE, 5)),
                arguments("VMDK_GRAINS_SHARED", "a table used twice", sharedTable()));
    }

    static Stream<Arguments> harmless_images() {
        return Stream.of(
                arguments("monolithicSparse", sparse()),
                arguments("streamOptimized with a footer", stream()),
                arguments("streamOptimized with its tables first", tablesFirst()),
                arguments("version 3", sparse().int32(4, 3)),
                arguments("no redundant tables", sparse().int32(8, 1).int64(48, -7)),
                arguments("grains of zeros", sparse().int32(8, 7).int32(TABLE * SECTOR, 1)),
                arguments("a read-only extent", sparse().replace(EXTENT, "RDONLY 2048 SPARSE \"a.vmdk\"")),
                arguments("an extent that ends in the last grain", sparse().replace("RW 2048", "RW 2000")),
                arguments("Windows line ends", sparse().replace("# Extent description\n", "#\r\n\r\n")),
                arguments("an unclean shutdown", sparse().int8(72, 1)));
    }

    private static ImageBytes sharing(ImageBytes image, int table, int times) {
        for (int i = 0; i < times; i++) {
            image.int32(table * SECTOR + 4 * i, OVERHEAD);
        }
        return image;
    }

    private static ImageBytes sharedTable() {
        return sparse().int64(12, 1 << 17)
                .replace(EXTENT, "RW 131072 SPARSE \"a.vmdk\"")
                .int32(DIRECTORY * SECTOR + 4, TABLE);
    }

    private static ImageBytes descriptorAlone() {
        ImageBytes image = sparse();
        return image.put(0, image.slice(SECTOR, 10 * SECTOR)).cutTo(10 * SECTOR);
    }
}
