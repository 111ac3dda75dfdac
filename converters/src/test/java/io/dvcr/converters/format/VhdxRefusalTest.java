package io.dvcr.converters.format;

import static io.dvcr.converters.format.VhdxBytes.DATA;
import static io.dvcr.converters.format.VhdxBytes.HEADER;
import static io.dvcr.converters.format.VhdxBytes.ITEMS;
import static io.dvcr.converters.format.VhdxBytes.LOG;
import static io.dvcr.converters.format.VhdxBytes.METADATA;
import static io.dvcr.converters.format.VhdxBytes.MIB;
import static io.dvcr.converters.format.VhdxBytes.PARENT_LOCATOR;
import static io.dvcr.converters.format.VhdxBytes.REGIONS;
import static io.dvcr.converters.format.VhdxBytes.SECOND_HEADER;
import static io.dvcr.converters.format.VhdxBytes.TABLE;
import static io.dvcr.converters.format.VhdxBytes.TABLE_REGION;
import static io.dvcr.converters.format.VhdxBytes.image;
import static io.dvcr.converters.format.VhdxBytes.item;
import static io.dvcr.converters.format.VhdxBytes.region;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

class VhdxRefusalTest extends RefusalContract {
    private static final String UNKNOWN = new UUID(1, 2).toString();

    @Override
    ImageFormat format() {
        return ImageFormat.VHDX;
    }

    static Stream<Arguments> spoilt_headers() {
        return Stream.concat(headersAndRegions(), metadata());
    }

    private static Stream<Arguments> headersAndRegions() {
        return Stream.of(
                arguments("VHDX_TRUNCATED", "only the magic", image().cutTo(8)),
                arguments("VHDX_TRUNCATED", "cut in its headers", image().cutTo(REGIONS)),
                arguments("VHDX_TRUNCATED", "cut in its metadata", image().cutTo(METADATA + 1000)),
                arguments("VHDX_TRUNCATED", "cut before its table", image().cutTo(TABLE)),
                arguments(
                        "VHDX_TRUNCATED",
                        "metadata outside",
                        image().int64(REGIONS + 64, 100L * MIB).sealed()),
                arguments(
                        "VHDX_HEADER_INVALID",
                        "two wrong checksums",
                        image().int8(HEADER + 40, 1).int8(SECOND_HEADER + 40, 1)),
                arguments(
                        "VHDX_HEADER_INVALID",
                        "version 2",
                        image().int16(HEADER + 66, 2)
                                .int16(SECOND_HEADER + 66, 2)
                                .sealed()),
                arguments(
                        "VHDX_HEADER_INVALID",
                        "two that are current",
                        image().int64(HEADER + 8, 8).int8(HEADER + 16, 9).sealed()),
                arguments(
                        "VHDX_LOG_NOT_EMPTY",
                        "in the current header",
                        image().int8(SECOND_HEADER + 48, 1).sealed()),
                arguments(
                        "VHDX_LOG_NOT_EMPTY",
                        "in the only valid header",
                        image().int8(HEADER + 63, 1).sealed().int8(SECOND_HEADER, 'H')),
                arguments("VHDX_CHECKSUM_WRONG", "of the region table", image().int8(REGIONS + 60_000, 1)),
                arguments(
                        "VHDX_REGIONS_INVALID",
                        "no table",
                        image().int8(REGIONS, 'R').sealed()),
                arguments(
                        "VHDX_REGIONS_INVALID",
                        "2048 entries",
                        image().int32(REGIONS + 8, 2048).sealed()),
                arguments(
                        "VHDX_REGIONS_INVALID",
                        "no metadata",
                        image().int32(REGIONS + 8, 1).sealed()),
                arguments(
                        "VHDX_REGIONS_INVALID",
                        "a second table",
                        region(image(), 2, TABLE_REGION, DATA)
                                .int32(REGIONS + 8, 3)
                                .sealed()),
                arguments(
                        "VHDX_REGIONS_INVALID",
                        "off the grid",
                        image().int64(REGIONS + 32, TABLE + 512).sealed()),
                arguments(
                        "VHDX_REGIONS_INVALID",
                        "in the headers",
                        image().int64(REGIONS + 32, 0).sealed()),
                arguments(
                        "VHDX_REGIONS_INVALID",
                        "negative",
                        image().int64(REGIONS + 32, -MIB).sealed()),
                arguments(
                        "VHDX_REGIONS_INVALID",
                        "empty",
                        image().int32(REGIONS + 40, 0).sealed()),
                arguments(
                        "VHDX_REGIONS_INVALID",
                        "an overlap",
                        image().int64(REGIONS + 32, METADATA).sealed()),
                arguments(
                        "VHDX_REGIONS_INVALID",
                        "in the log",
                        image().int64(REGIONS + 32, LOG).sealed()),
                arguments(
                        "VHDX_REGIONS_INVALID",
                        "a log off the grid",
                        image().int64(SECOND_HEADER + 72, 5).sealed()),
                arguments(
                        "VHDX_REGION_UNKNOWN",
                        "a required one",
                        region(image(), 2, UNKNOWN, DATA).int32(REGIONS + 8, 3).sealed()));
    }

    private static Stream<Arguments> metadata() {
        return Stream.of(
                arguments("VHDX_METADATA_INVALID", "no table", image().int8(METADATA, 'M')),
                arguments("VHDX_METADATA_INVALID", "2048 items", image().int16(METADATA + 10, 2048)),
                arguments("VHDX_METADATA_INVALID", "an item missing", image().int16(METADATA + 10, 4)),
                arguments("VHDX_METADATA_INVALID", "an item in the table", image().int32(METADATA + 48, 0)),
                arguments("VHDX_METADATA_INVALID", "an item outside", image().int32(METADATA + 48, MIB - 7)),
                arguments(
                        "VHDX_METADATA_INVALID",
                        "an item twice",
                        item(image(), 5, "2fa54224-cd1b-4876-b211-5dbed83bf4b8").int16(METADATA + 10, 6)),
                arguments(
                        "VHDX_METADATA_UNKNOWN",
                        "a required item",
                        item(image(), 5, UNKNOWN).int16(METADATA + 10, 6)),
                arguments("VHDX_PARENT", "the bit", image().int32(ITEMS + 4, 2)),
                arguments(
                        "VHDX_PARENT",
                        "a locator",
                        item(image(), 5, PARENT_LOCATOR).int16(METADATA + 10, 6)),
                arguments("VHDX_BLOCK_SIZE_INVALID", "512 KiB", image().int32(ITEMS, MIB / 2)),
                arguments("VHDX_BLOCK_SIZE_INVALID", "3 MiB", image().int32(ITEMS, 3 * MIB)),
                arguments("VHDX_BLOCK_SIZE_INVALID", "512 MiB", image().int32(ITEMS, 512 * MIB)),
                arguments("VHDX_BLOCK_SIZE_INVALID", "2 GiB", image().int32(ITEMS, 1 << 31)),
                arguments("VHDX_SECTOR_SIZE_INVALID", "1024", image().int32(ITEMS + 96, 1024)),
                arguments("VHDX_SECTOR_SIZE_INVALID", "0", image().int32(ITEMS + 96, 0)),
                arguments("VHDX_SIZE_INVALID", "no disk", image().int64(ITEMS + 32, 0)),
                arguments("VHDX_SIZE_INVALID", "half a sector", image().int64(ITEMS + 32, 256)),
                arguments("IMAGE_TOO_LARGE", "a petabyte", image().int64(ITEMS + 32, 1L << 50)),
                arguments("IMAGE_TOO_LARGE", "negative", image().int64(ITEMS + 32, -512)),
                arguments("VHDX_TABLE_TOO_SMALL", "1 TiB", image().int64(ITEMS + 32, 1L << 40)));
    }

    static Stream<Arguments> spoilt_tables() {
        return Stream.of(
                arguments("VHDX_TRUNCATED", "a block outside", image().int64(TABLE, 100L * MIB | 6)),
                arguments("VHDX_TRUNCATED", "a block at the end of all", image().int64(TABLE, -1L << 20 | 6)),
                arguments("VHDX_TRUNCATED", "cut in its data", image().cutTo(DATA + MIB - 1)),
                arguments("VHDX_BLOCKS_SHARED", "a block used twice", image().int64(TABLE, DATA | 6)),
                arguments("VHDX_BLOCKS_SHARED", "the table as data", image().int64(TABLE, TABLE | 6)),
                arguments("VHDX_BLOCKS_SHARED", "the log as data", image().int64(TABLE, LOG | 6)),
                arguments("VHDX_BLOCKS_SHARED", "the headers as data", image().int64(TABLE, 6)),
                arguments("VHDX_PARENT", "a block partially present", image().int64(TABLE, DATA | 7)),
                arguments("VHDX_BLOCK_STATE_INVALID", "state 4", image().int64(TABLE, 4)),
                arguments("VHDX_BLOCK_STATE_INVALID", "state 5", image().int64(TABLE, 5)));
    }

    static Stream<Arguments> harmless_images() {
        return Stream.of(
                arguments("two headers", image()),
                arguments("one header", image().int8(HEADER, 'H')),
                arguments(
                        "two equal headers, as Disk2VHD writes them",
                        image().int64(HEADER + 8, 8).sealed()),
                arguments(
                        "a log that an older header names",
                        image().int8(HEADER + 48, 1).sealed()),
                arguments(
                        "an unknown region that may be ignored",
                        region(image(), 2, UNKNOWN, DATA)
                                .int32(REGIONS + 8, 3)
                                .int32(REGIONS + 108, 0)
                                .int64(TABLE + 16, 0)
                                .sealed()),
                arguments("a fixed disk's bit", image().int32(ITEMS + 4, 1)),
                arguments("sectors of 4096", image().int32(ITEMS + 96, 4096)),
                arguments(
                        "zeros, trimmed and undefined", image().int64(TABLE, 2).int64(TABLE + 8, 3)));
    }
}
