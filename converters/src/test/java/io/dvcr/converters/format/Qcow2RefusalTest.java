package io.dvcr.converters.format;

import static io.dvcr.converters.format.Qcow2Bytes.CLUSTER;
import static io.dvcr.converters.format.Qcow2Bytes.DATA;
import static io.dvcr.converters.format.Qcow2Bytes.L1;
import static io.dvcr.converters.format.Qcow2Bytes.L2;
import static io.dvcr.converters.format.Qcow2Bytes.version2;
import static io.dvcr.converters.format.Qcow2Bytes.version3;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

class Qcow2RefusalTest extends RefusalContract {

    @Override
    ImageFormat format() {
        return ImageFormat.QCOW2;
    }

    static Stream<Arguments> spoilt_headers() {
        return Stream.of(
                arguments(
                        "QCOW2_TRUNCATED",
                        "a version 2 header cut short",
                        version2().cutTo(71)),
                arguments(
                        "QCOW2_TRUNCATED",
                        "a version 3 header cut short",
                        version3().cutTo(103)),
                arguments("QCOW2_TRUNCATED", "only the magic", version3().cutTo(4)),
                arguments(
                        "QCOW2_TRUNCATED",
                        "the header cut before its announced end",
                        version3().cutTo(108)),
                arguments(
                        "QCOW2_TRUNCATED", "cut before the L1 table", version3().cutTo(L1 + 7)),
                arguments(
                        "QCOW2_TRUNCATED",
                        "cut in the refcount table",
                        version3().int64(40, CLUSTER).cutTo(70_000)),
                arguments("QCOW2_VERSION_UNSUPPORTED", "version 4", version3().int32(4, 4)),
                arguments("QCOW2_VERSION_UNSUPPORTED", "version 0", version3().int32(4, 0)),
                arguments(
                        "QCOW2_BACKING_FILE",
                        "a backing file",
                        version3().int64(8, 1024).int32(16, 5)),
                arguments(
                        "QCOW2_BACKING_FILE",
                        "one at a negative offset",
                        version2().int64(8, -1)),
                arguments("QCOW2_DATA_FILE", "the data file bit", version3().int64(72, 1 << 2)),
                arguments(
                        "QCOW2_DATA_FILE",
                        "a data file name",
                        version3().int32(112, 0x44415441).int32(116, 3)),
                arguments(
                        "QCOW2_DATA_FILE",
                        "one in version 2",
                        version2().int32(72, 0x44415441).int32(76, 3)),
                arguments("QCOW2_MARKED_CORRUPT", "the corrupt bit", version3().int64(72, 1 << 1)),
                arguments(
                        "QCOW2_EXTENDED_L2_UNSUPPORTED",
                        "extended L2",
                        version3().int64(72, 1 << 4)),
                arguments("QCOW2_FEATURE_UNKNOWN", "bit 5", version3().int64(72, 1 << 5)),
                arguments("QCOW2_FEATURE_UNKNOWN", "bit 63", version3().int64(72, 1L << 63)),
                arguments(
                        "QCOW2_COMPRESSION_UNSUPPORTED",
                        "bit 3 without a type",
                        version3().int64(72, 1 << 3)),
                arguments(
                        "QCOW2_COMPRESSION_UNSUPPORTED",
                        "a type without bit 3",
                        version3().int8(104, 1)),
                arguments(
                        "QCOW2_COMPRESSION_UNSUPPORTED",
                        "type 2",
                        version3().int64(72, 1 << 3).int8(104, 2)),
                arguments("QCOW2_ENCRYPTED", "AES", version2().int32(32, 1)),
                arguments("QCOW2_ENCRYPTED", "LUKS", version3().int32(32, 2)),
                arguments("QCOW2_ENCRYPTED", "an encryption header", version3().int32(112, 0x0537be77)),
                arguments("QCOW2_CLUSTER_BITS_INVALID", "8 bits", version3().int32(20, 8)),
                arguments("QCOW2_CLUSTER_BITS_INVALID", "22 bits", version3().int32(20, 22)),
                arguments(
                        "QCOW2_CLUSTER_BITS_INVALID",
                        "a negative number",
                        version3().int32(20, -1)),
                arguments("QCOW2_REFCOUNT_ORDER_INVALID", "order 7", version3().int32(96, 7)),
                arguments("QCOW2_VIRTUAL_SIZE_INVALID", "no disk", version3().int64(24, 0)),
                arguments(
                        "QCOW2_VIRTUAL_SIZE_INVALID",
                        "half a sector",
                        version3().int64(24, 768)),
                arguments("IMAGE_TOO_LARGE", "over the limit", version3().int64(24, (1L << 40) + 512)),
                arguments("IMAGE_TOO_LARGE", "negative", version3().int64(24, -512)),
                arguments(
                        "QCOW2_L1_TOO_SMALL",
                        "513 MiB and one entry",
                        version3().int64(24, 513 << 20)),
                arguments("QCOW2_TABLE_TOO_LARGE", "no L1 table", version3().int32(36, 0)),
                arguments(
                        "QCOW2_TABLE_TOO_LARGE",
                        "an L1 table over 32 MiB",
                        version3().int32(36, (4 << 20) + 1)),
                arguments(
                        "QCOW2_TABLE_TOO_LARGE",
                        "a negative L1 table",
                        version3().int32(36, -1)),
                arguments(
                        "QCOW2_TABLE_TOO_LARGE", "no refcount table", version3().int32(56, 0)),
                arguments(
                        "QCOW2_TABLE_TOO_LARGE",
                        "a refcount table over 8 MiB",
                        version3().int32(56, 129)),
                arguments("QCOW2_TABLE_TOO_LARGE", "65537 snapshots", version3().int32(60, 65537)),
                arguments("QCOW2_TABLE_MISPLACED", "L1 at 0", version3().int64(40, 0)),
                arguments("QCOW2_TABLE_MISPLACED", "L1 off the grid", version3().int64(40, L1 + 512)),
                arguments(
                        "QCOW2_TABLE_MISPLACED",
                        "L1 at a negative offset",
                        version3().int64(40, -CLUSTER)),
                arguments(
                        "QCOW2_TABLE_MISPLACED",
                        "refcounts off the grid",
                        version3().int64(48, CLUSTER + 8)),
                arguments(
                        "QCOW2_TABLE_MISPLACED",
                        "snapshots off the grid",
                        version3().int32(60, 1).int64(64, 8)),
                arguments("QCOW2_TRUNCATED", "L1 at the end of all", version3().int64(40, Long.MAX_VALUE - 65535)),
                arguments(
                        "QCOW2_TRUNCATED",
                        "snapshots outside",
                        version3().int32(60, 1).int64(64, 8 * CLUSTER)),
                arguments("QCOW2_HEADER_LENGTH_INVALID", "96", version3().int32(100, 96)),
                arguments("QCOW2_HEADER_LENGTH_INVALID", "105", version3().int32(100, 105)),
                arguments(
                        "QCOW2_HEADER_LENGTH_INVALID",
                        "beyond a cluster",
                        version3().int32(100, CLUSTER + 8)),
                arguments(
                        "QCOW2_HEADER_EXTENSION_TOO_LONG",
                        "64 KiB",
                        version3().int32(112, 1).int32(116, CLUSTER)),
                arguments(
                        "QCOW2_HEADER_EXTENSION_TOO_LONG",
                        "4 GiB",
                        version3().int32(112, 1).int32(116, -1)));
    }

    static Stream<Arguments> spoilt_tables() {
        return Stream.of(
                arguments("QCOW2_TRUNCATED", "cut before its data", version3().cutTo(DATA)),
                arguments("QCOW2_TRUNCATED", "cut in its L2 table", version3().cutTo(DATA - 1)),
                arguments("QCOW2_TRUNCATED", "an L2 table outside", version3().int64(L1, 100L * CLUSTER)),
                arguments("QCOW2_TRUNCATED", "data outside", version3().int64(L2, 100L * CLUSTER)),
                arguments(
                        "QCOW2_L2_ENTRY_INVALID",
                        "data off the grid",
                        version3().int64(L2, DATA + 512)),
                arguments(
                        "QCOW2_L2_ENTRY_INVALID",
                        "zeros in version 2",
                        version2().int64(L2, 1)),
                arguments(
                        "QCOW2_TRUNCATED", "compressed data outside", version3().int64(L2, 1L << 62 | 100L * CLUSTER)),
                arguments(
                        "QCOW2_TABLE_MISPLACED",
                        "an L2 table off the grid",
                        version3().int64(L1, L2 + 512)),
                arguments(
                        "QCOW2_CLUSTERS_SHARED",
                        "an L2 table used twice",
                        version3().int64(24, 1 << 30).int32(36, 2).int64(L1 + 8, L2)),
                arguments("QCOW2_CLUSTERS_SHARED", "data used seven times", sharing(7)));
    }

    static Stream<Arguments> harmless_images() {
        return Stream.of(
                arguments("version 2", version2()),
                arguments("dirty: only the refcounts may be stale", version3().int64(72, 1)),
                arguments("zstd", version3().int64(72, 1 << 3).int8(104, 1)),
                arguments("the shortest version 3 header", version3().int32(100, 104)),
                arguments(
                        "an unknown header extension",
                        version3().int32(112, 0x12345678).int32(116, 20)),
                arguments("a bit that any program may ignore", version3().int64(80, 1L << 63)),
                arguments("an internal snapshot", version3().int32(60, 1).int64(64, CLUSTER)),
                arguments("a saved machine behind the disk", version3().int32(36, 5)),
                arguments("a last cluster cut short", version3().cutTo(DATA + 512)),
                arguments("a zero cluster with a stale offset", version3().int64(L2, 100L * CLUSTER | 1)));
    }

    private static ImageBytes sharing(int times) {
        ImageBytes image = version3();
        for (int i = 0; i < times; i++) {
            image.int64(L2 + 8 * i, DATA);
        }
        return image;
    }
}
