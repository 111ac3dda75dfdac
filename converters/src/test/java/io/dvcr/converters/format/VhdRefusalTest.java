package io.dvcr.converters.format;

import static io.dvcr.converters.format.VhdBytes.BITMAP;
import static io.dvcr.converters.format.VhdBytes.BLOCK;
import static io.dvcr.converters.format.VhdBytes.FOOTER;
import static io.dvcr.converters.format.VhdBytes.HEADER;
import static io.dvcr.converters.format.VhdBytes.SIZE;
import static io.dvcr.converters.format.VhdBytes.TABLE;
import static io.dvcr.converters.format.VhdBytes.dynamic;
import static io.dvcr.converters.format.VhdBytes.fixed;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

class VhdRefusalTest extends RefusalContract {

    @Override
    ImageFormat format() {
        return ImageFormat.VHD;
    }

    static Stream<Arguments> spoilt_headers() {
        return Stream.concat(dynamicHeaders(), fixedFooters());
    }

    private static Stream<Arguments> dynamicHeaders() {
        return Stream.of(
                arguments("VHD_TRUNCATED", "a footer cut short", dynamic().cutTo(511)),
                arguments("VHD_TRUNCATED", "a header cut short", dynamic().cutTo(HEADER + 1023)),
                arguments(
                        "VHD_TRUNCATED",
                        "a table outside",
                        dynamic().int64(HEADER + 16, 1 << 30).sealed()),
                arguments("VHD_CHECKSUM_WRONG", "of the footer", dynamic().int8(40, 1)),
                arguments("VHD_CHECKSUM_WRONG", "of the header", dynamic().int8(HEADER + 33, 1)),
                arguments(
                        "VHD_VERSION_UNSUPPORTED",
                        "2.0",
                        dynamic().int32(12, 0x20000).sealed()),
                arguments(
                        "VHD_VERSION_UNSUPPORTED",
                        "of the header",
                        dynamic().int32(HEADER + 24, 0).sealed()),
                arguments("VHD_TYPE_UNSUPPORTED", "none", dynamic().int32(60, 0).sealed()),
                arguments(
                        "VHD_TYPE_UNSUPPORTED",
                        "a fixed disk with a head",
                        dynamic().int32(60, 2).sealed()),
                arguments(
                        "VHD_PARENT",
                        "a differencing disk",
                        dynamic().int32(60, 4).sealed()),
                arguments(
                        "VHD_PARENT",
                        "a parent's identity",
                        dynamic().int8(HEADER + 40, 1).sealed()),
                arguments(
                        "VHD_PARENT",
                        "a parent's name",
                        dynamic().int8(HEADER + 65, 'a').sealed()),
                arguments(
                        "VHD_PARENT",
                        "a locator",
                        dynamic().ascii(HEADER + 576, "W2ru").sealed()),
                arguments("VHD_SIZE_INVALID", "no disk", dynamic().int64(48, 0).sealed()),
                arguments(
                        "VHD_SIZE_INVALID",
                        "half a sector",
                        dynamic().int64(48, SIZE - 256).sealed()),
                arguments(
                        "VHD_SIZE_INVALID",
                        "negative",
                        dynamic().int64(48, -512).sealed()),
                arguments(
                        "VHD_SIZE_INVALID",
                        "over 2040 GiB",
                        dynamic().int64(48, 2041L << 30).sealed()),
                arguments(
                        "IMAGE_TOO_LARGE",
                        "over the limit",
                        dynamic().int64(48, 1025L << 30).sealed()),
                arguments("VHD_FOOTER_DIFFERS", "at its end", dynamic().int8(FOOTER + 40, 1)),
                arguments("VHD_FOOTER_DIFFERS", "cut short", dynamic().cutTo(FOOTER + 511)),
                arguments(
                        "VHD_HEADER_INVALID", "nowhere", dynamic().int64(16, -1).sealed()),
                arguments(
                        "VHD_HEADER_INVALID",
                        "in the footer",
                        dynamic().int64(16, 0).sealed()),
                arguments(
                        "VHD_HEADER_INVALID",
                        "far away",
                        dynamic().int64(16, 65536).sealed()),
                arguments(
                        "VHD_HEADER_INVALID",
                        "no cookie",
                        dynamic().int8(HEADER, 'C').sealed()),
                arguments(
                        "VHD_BLOCK_SIZE_INVALID",
                        "0",
                        dynamic().int32(HEADER + 32, 0).sealed()),
                arguments(
                        "VHD_BLOCK_SIZE_INVALID",
                        "3 MiB",
                        dynamic().int32(HEADER + 32, 3 << 20).sealed()),
                arguments(
                        "VHD_BLOCK_SIZE_INVALID",
                        "2 GiB",
                        dynamic().int32(HEADER + 32, 1 << 31).sealed()),
                arguments(
                        "VHD_TABLE_SIZE_INVALID",
                        "no entries",
                        dynamic().int32(HEADER + 28, 0).sealed()),
                arguments(
                        "VHD_TABLE_SIZE_INVALID",
                        "too few",
                        dynamic().int32(HEADER + 28, 1).sealed()),
                arguments(
                        "VHD_TABLE_SIZE_INVALID",
                        "4 G",
                        dynamic().int32(HEADER + 28, -1).sealed()),
                arguments(
                        "VHD_TABLE_MISPLACED",
                        "in the header",
                        dynamic().int64(HEADER + 16, 512).sealed()),
                arguments(
                        "VHD_TABLE_MISPLACED",
                        "off the grid",
                        dynamic().int64(HEADER + 16, TABLE + 4).sealed()),
                arguments(
                        "VHD_TABLE_MISPLACED",
                        "negative",
                        dynamic().int64(HEADER + 16, -512).sealed()));
    }

    private static Stream<Arguments> fixedFooters() {
        return Stream.of(
                arguments("VHD_CHECKSUM_WRONG", "of a fixed disk", fixed().int8(SIZE + 40, 1)),
                arguments(
                        "VHD_TYPE_UNSUPPORTED",
                        "a dynamic disk without a head",
                        fixed().int32(SIZE + 60, 3).sealed()),
                arguments(
                        "VHD_PARENT",
                        "a differencing disk without a head",
                        fixed().int32(SIZE + 60, 4).sealed()),
                arguments(
                        "VHD_SIZE_INVALID",
                        "more than the file",
                        fixed().int64(SIZE + 48, SIZE + 512).sealed()),
                arguments(
                        "VHD_SIZE_INVALID",
                        "less than the file",
                        fixed().int64(SIZE + 48, SIZE - 512).sealed()));
    }

    static Stream<Arguments> spoilt_tables() {
        return Stream.of(
                arguments("VHD_TRUNCATED", "a block outside", dynamic().int32(TABLE, 1 << 20)),
                arguments(
                        "VHD_TRUNCATED", "a block at the end of all", dynamic().int32(TABLE, -2)),
                arguments("VHD_BLOCKS_SHARED", "a block used twice", dynamic().int32(TABLE, BITMAP / 512)),
                arguments("VHD_BLOCKS_SHARED", "blocks that overlap", dynamic().int32(TABLE, BITMAP / 512 + 1)));
    }

    static Stream<Arguments> harmless_images() {
        return Stream.of(
                arguments("dynamic", dynamic()),
                arguments("fixed", fixed()),
                arguments("a table with room", dynamic().int32(HEADER + 28, 3).sealed()),
                arguments("a smaller size", dynamic().int64(48, SIZE - BLOCK).sealed()));
    }
}
