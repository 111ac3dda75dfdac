package io.dvcr.converters.format;

import static io.dvcr.converters.format.VmdkError.refuse;

import io.dvcr.converters.format.VmdkError.Fault;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text in a vmdk file that says what its disk is made of: Virtual Disk Format 5.0, section "The Descriptor File".
 * Here it may say one thing only: of this file.
 */
final class VmdkDescriptor {
    /** QEMU looks for the parent here, whatever the header says: DESC_SIZE in block/vmdk.c. */
    private static final int QEMU_SECTORS = 20;

    private static final long SECTOR_NUMBER = 1;
    private static final long MAX_SECTORS = ImageInspector.HEAD_BYTES / VmdkHeader.SECTOR - 1;
    private static final String NO_PARENT = "ffffffff";
    private static final Pattern KEY = Pattern.compile("([A-Za-z0-9_.]+)\\s*=\\s*\"?([^\"]*)\"?");
    private static final Pattern EXTENT =
            Pattern.compile("(RW|RDONLY|NOACCESS)\\s+(\\d{1,18})\\s+(\\S+)(?:\\s+\"([^\"]*)\".*)?");
    private static final Pattern EXTENT_LIKE = Pattern.compile("(?i)(?:RW|RDONLY|NOACCESS)\\b.*");

    private final List<String> lines;

    private VmdkDescriptor(List<String> lines) {
        this.lines = lines;
    }

    /**
     * Judges the descriptor in the head of a file.
     *
     * @throws ImageException unless it describes one sparse extent without a parent
     */
    static void check(ByteBuffer head, VmdkHeader header) {
        if (header.descriptor() != SECTOR_NUMBER
                || header.descriptorSize() < 1
                || header.descriptorSize() > MAX_SECTORS) {
            throw refuse(
                    Fault.DESCRIPTOR_INVALID,
                    "a descriptor of " + Long.toUnsignedString(header.descriptorSize()) + " sectors at sector "
                            + Long.toUnsignedString(header.descriptor()) + ": expected 1 to " + MAX_SECTORS
                            + " sectors at sector 1");
        }
        refuseParentHint(text(head, Math.max(header.descriptorSize(), QEMU_SECTORS)));
        String text = text(head, header.descriptorSize());
        if (!text.startsWith("# Disk DescriptorFile")) {
            throw refuse(Fault.DESCRIPTOR_INVALID, "no descriptor at sector 1: expected \"# Disk DescriptorFile\"");
        }
        VmdkDescriptor descriptor =
                new VmdkDescriptor(text.lines().map(String::strip).toList());
        descriptor.checkType(header);
        descriptor.checkParent();
        descriptor.checkExtents(header);
    }

    /** Up to the first zero byte, which ends it for every reader. */
    private static String text(ByteBuffer head, long sectors) {
        int begin = Math.min(VmdkHeader.SECTOR, head.remaining());
        int length = (int) Math.min(sectors * VmdkHeader.SECTOR, head.remaining() - begin);
        byte[] bytes = new byte[length];
        head.get(head.position() + begin, bytes);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int end = text.indexOf('\0');
        return end < 0 ? text : text.substring(0, end);
    }

    private static void refuseParentHint(String text) {
        if (text.toLowerCase(Locale.ROOT).contains("parentfilenamehint")) {
            throw refuse(
                    Fault.PARENT,
                    "the disk is the difference to a parent: expected a self-contained image; flatten it");
        }
    }

    private void checkType(VmdkHeader header) {
        String expected = header.compressed() ? "streamOptimized" : "monolithicSparse";
        List<String> types = values("createType");
        if (!types.equals(List.of(expected))) {
            throw refuse(
                    Fault.TYPE_UNSUPPORTED,
                    types.size() + " createType entries, or one that does not fit the header: expected one, "
                            + expected);
        }
    }

    private void checkParent() {
        for (String parent : values("parentCID")) {
            if (!parent.toLowerCase(Locale.ROOT).equals(NO_PARENT)) {
                throw refuse(Fault.PARENT, "the disk has a parentCID: expected " + NO_PARENT + ", which is none");
            }
        }
    }

    private void checkExtents(VmdkHeader header) {
        List<String> extents = lines.stream()
                .filter(line -> EXTENT_LIKE.matcher(line).matches())
                .toList();
        if (extents.size() != 1) {
            throw refuse(Fault.EXTENTS_INVALID, "the disk has " + extents.size() + " extents: expected 1");
        }
        Matcher extent = EXTENT.matcher(extents.getFirst());
        if (!extent.matches()) {
            throw refuse(
                    Fault.EXTENTS_INVALID, "the line of the extent is malformed: expected RW SIZE SPARSE \"NAME\"");
        }
        if (!extent.group(3).equals("SPARSE") || extent.group(4) == null) {
            throw refuse(Fault.EXTERNAL_FILE, "the extent is not SPARSE: expected the disk in this file");
        }
        if (!isPlainName(extent.group(4))) {
            throw refuse(Fault.EXTERNAL_FILE, "the extent is named by a path or a URL: expected the name of this file");
        }
        long missing = header.capacity() - Long.parseLong(extent.group(2));
        if (missing < 0 || missing >= header.grain()) {
            throw refuse(
                    Fault.EXTENTS_INVALID,
                    "the extent has " + extent.group(2) + " sectors, the header " + header.capacity()
                            + ": expected the same, but for the last grain");
        }
    }

    private static boolean isPlainName(String name) {
        return !name.isEmpty() && name.chars().noneMatch(c -> c < ' ' || c == '/' || c == '\\' || c == ':');
    }

    private List<String> values(String key) {
        return lines.stream()
                .map(KEY::matcher)
                .filter(matcher -> matcher.matches() && matcher.group(1).equalsIgnoreCase(key))
                .map(matcher -> matcher.group(2).strip())
                .toList();
    }
}
