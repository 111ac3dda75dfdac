package io.dvcr.converters.format;

import static io.dvcr.converters.format.VdiBytes.BLOCK;
import static io.dvcr.converters.format.VdiBytes.DATA;
import static io.dvcr.converters.format.VdiBytes.MAP;
import static io.dvcr.converters.format.VdiBytes.dynamic;
import static io.dvcr.converters.format.VdiBytes.fixed;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

class VdiRefusalTest extends RefusalContract {

    @Override
    ImageFormat format() {
        return ImageFormat.VDI;
    }

    static Stream<Arguments> spoilt_headers() {
        return Stream.of(
                arguments("VDI_TRUNCATED", "a header cut short", dynamic().cutTo(511)),
                arguments("VDI_TRUNCATED", "only the signature", dynamic().cutTo(68)),
                arguments("VDI_TRUNCATED", "cut before its data", dynamic().cutTo(DATA - 1)),
                arguments("VDI_TRUNCATED", "data outside", dynamic().int32(344, 100 * BLOCK)),
                arguments("VDI_VERSION_UNSUPPORTED", "1.0", dynamic().int32(68, 0x00010000)),
                arguments("VDI_VERSION_UNSUPPORTED", "2.1", dynamic().int32(68, 0x00020001)),
                arguments("VDI_PARENT", "an undo disk", dynamic().int32(76, 3)),
                arguments("VDI_PARENT", "a differencing disk", dynamic().int32(76, 4)),
                arguments("VDI_PARENT", "a link", dynamic().int8(424, 1)),
                arguments("VDI_PARENT", "a parent", dynamic().int8(455, 1)),
                arguments("VDI_TYPE_UNSUPPORTED", "type 0", dynamic().int32(76, 0)),
                arguments("VDI_TYPE_UNSUPPORTED", "type 5", dynamic().int32(76, 5)),
                arguments("VDI_SIZE_INVALID", "no disk", dynamic().int64(368, 0)),
                arguments("IMAGE_TOO_LARGE", "a petabyte", dynamic().int64(368, 1L << 50)),
                arguments("IMAGE_TOO_LARGE", "negative", dynamic().int64(368, -1)),
                arguments(
                        "VDI_BLOCK_SIZE_UNSUPPORTED",
                        "blocks of 2 MiB",
                        dynamic().int32(376, 2 * BLOCK)),
                arguments("VDI_BLOCK_SIZE_UNSUPPORTED", "blocks of 0", dynamic().int32(376, 0)),
                arguments("VDI_BLOCK_SIZE_UNSUPPORTED", "extra bytes", dynamic().int32(380, 512)),
                arguments(
                        "VDI_BLOCK_SIZE_UNSUPPORTED",
                        "sectors of 4096",
                        dynamic().int32(360, 4096)),
                arguments("VDI_BLOCK_MAP_TOO_SMALL", "3 blocks", dynamic().int32(384, 3)),
                arguments("VDI_BLOCK_MAP_TOO_SMALL", "too many", dynamic().int32(384, 0x40000000)),
                arguments("VDI_MISPLACED", "a map in the header", dynamic().int32(340, 0)),
                arguments("VDI_MISPLACED", "a map off the grid", dynamic().int32(340, 513)),
                arguments("VDI_MISPLACED", "data off the grid", dynamic().int32(344, DATA + 1)),
                arguments("VDI_MISPLACED", "data in the map", dynamic().int32(344, MAP)),
                arguments(
                        "VDI_MISPLACED",
                        "a map that reaches into the data",
                        dynamic().int32(384, 1000)));
    }

    static Stream<Arguments> spoilt_tables() {
        return Stream.of(
                arguments("VDI_TRUNCATED", "a block outside", dynamic().int32(MAP, 1)),
                arguments(
                        "VDI_TRUNCATED", "a block at the end of all", dynamic().int32(MAP, 0xfffffffd)),
                arguments("VDI_TRUNCATED", "cut in its last block", dynamic().cutTo(DATA + BLOCK - 1)),
                arguments("VDI_TRUNCATED", "a fixed disk cut short", fixed().cutTo(DATA + 3 * BLOCK)),
                arguments("VDI_BLOCKS_SHARED", "a block used twice", dynamic().int32(MAP, 0)));
    }

    static Stream<Arguments> harmless_images() {
        return Stream.of(
                arguments("dynamic", dynamic()),
                arguments("fixed", fixed()),
                arguments("an odd size", dynamic().int64(368, 4 * BLOCK - 1)),
                arguments("a discarded block", dynamic().int32(MAP, 0xfffffffe)),
                arguments("more of a file than the map knows", dynamic().cutTo(DATA + 2 * BLOCK)));
    }
}
