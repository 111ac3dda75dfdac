package io.dvcr.converters.format;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What gives a kind of file away: certain bytes at a certain offset. Kinds that cannot be imported are here too, so
 * that they are refused by name instead of being stored as raw disks. Partition tables are not: a raw disk and a
 * hybrid ISO have them.
 */
enum Signature {
    QCOW("qcow2", 0, "QFI\u00fb"),
    ISO9660("iso", 32769, "CD001"),
    QED("qed", 0, "QED\0"),
    VMDK_SPARSE("vmdk", 0, "KDMV"),
    VMDK_ESX("vmdk (ESX sparse)", 0, "COWD"),
    VMDK_SESPARSE("vmdk (SE sparse)", 0, "\u00be\u00ba\u00fe\u00ca\0\0\0\0"),
    VMDK_DESCRIPTOR("vmdk (descriptor)", 0, "# Disk DescriptorFile"),
    VDI("vdi", 64, "\177\20\u00da\u00be"),
    VHD("vhd", 0, "conectix"),
    VHDX("vhdx", 0, "vhdxfile"),
    /** At the end of the file only. */
    DMG("dmg", 0, "koly"),
    PARALLELS("parallels", 0, "WithoutFreeSpace"),
    PARALLELS_EXTENDED("parallels", 0, "WithouFreSpacExt"),
    BOCHS("bochs", 0, "Bochs Virtual HD Image"),
    LUKS("luks", 0, "LUKS\u00ba\u00be"),
    GZIP("gzip", 0, "\37\u008b\b"),
    XZ("xz", 0, "\u00fd7zXZ\0"),
    ZSTD("zstd", 0, "(\u00b5/\u00fd"),
    BZIP2("bzip2", 4, "1AY&SY"),
    LZ4("lz4", 0, "\4\"M\30"),
    SEVEN_ZIP("7z", 0, "7z\u00bc\u00af'\34"),
    ZIP("zip", 0, "PK\3\4"),
    TAR("tar", 257, "ustar"),
    HTML("an HTML page", 0, "<!DOCTYPE html"),
    HTML_LOWER_CASE("an HTML page", 0, "<!doctype html"),
    HTML_ELEMENT("an HTML page", 0, "<html"),
    XML("an XML document", 0, "<?xml");

    private static final int FOOTER_BYTES = 512;

    private final String description;
    private final int offset;
    private final String magic; // each character a byte

    Signature(String description, int offset, String magic) {
        this.description = description;
        this.offset = offset;
        this.magic = magic;
    }

    String description() {
        return description;
    }

    /** All signatures found in a file that begins with {@code head}. */
    static List<Signature> in(ByteBuffer head) {
        return Arrays.stream(values())
                .filter(s -> s != DMG && holds(head, s.offset, s.magic))
                .toList();
    }

    /** What a file that ends with {@code tail} is by its last 512 bytes; empty if they tell nothing. */
    static Optional<Signature> inTail(ByteBuffer tail) {
        if (tail.remaining() < FOOTER_BYTES) {
            return Optional.empty();
        }
        ByteBuffer footer = tail.slice(tail.limit() - FOOTER_BYTES, FOOTER_BYTES);
        return Stream.of(VHD, DMG).filter(s -> holds(footer, 0, s.magic)).findFirst();
    }

    private static boolean holds(ByteBuffer bytes, int offset, String magic) {
        ByteBuffer expected = ByteBuffer.wrap(magic.getBytes(StandardCharsets.ISO_8859_1));
        return bytes.remaining() >= offset + magic.length()
                && bytes.slice(bytes.position() + offset, magic.length()).equals(expected);
    }
}
