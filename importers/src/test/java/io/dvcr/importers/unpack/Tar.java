package io.dvcr.importers.unpack;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;

/** Makes tars entry by entry, be they such as no program would make. */
public final class Tar {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    public Tar file(String name, byte[] content) {
        return entry(name, '0', content);
    }

    public Tar directory(String name) {
        return entry(name, '5', new byte[0]);
    }

    public Tar entry(String name, char type, byte[] content) {
        return entry(name, type, "%011o".formatted(content.length), content);
    }

    /** A file as before there was ustar. */
    public Tar old(String name, byte[] content) {
        return entry("", name, '\0', "%011o".formatted(content.length), content);
    }

    /** @param size as the header says it, whatever follows */
    public Tar entry(String name, char type, String size, byte[] content) {
        return entry("ustar", name, type, size, content);
    }

    private Tar entry(String magic, String name, char type, String size, byte[] content) {
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 100, "0000644");
        put(header, 124, size);
        header[156] = (byte) type;
        put(header, 257, magic);
        put(header, 263, magic.isEmpty() ? "" : "00");
        return append(header, content);
    }

    /** A sparse file as GNU tar has it of old. */
    public Tar sparse(String name, long fileSize, long[] map, byte[] stored) {
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 124, "%011o".formatted(stored.length));
        header[156] = 'S';
        put(header, 257, "ustar  ");
        int told = putMap(header, 386, 4, map, 0);
        header[482] = (byte) (told < map.length ? 1 : 0);
        put(header, 483, "%011o".formatted(fileSize));
        ByteArrayOutputStream more = new ByteArrayOutputStream();
        while (told < map.length) {
            byte[] block = new byte[512];
            told = putMap(block, 0, 21, map, told);
            block[504] = (byte) (told < map.length ? 1 : 0);
            more.writeBytes(block);
        }
        more.writeBytes(stored);
        return append(header, more.toByteArray());
    }

    private static int putMap(byte[] block, int offset, int parts, long[] map, int from) {
        int to = Math.min(map.length, from + 2 * parts);
        for (int i = from; i < to; i++) {
            put(block, offset + 12 * (i - from), "%011o".formatted(map[i]));
        }
        return to;
    }

    private Tar append(byte[] header, byte[] content) {
        put(header, 148, "        ");
        int sum = 0;
        for (byte one : header) {
            sum += one & 0xff;
        }
        put(header, 148, "%06o".formatted(sum));
        header[154] = 0;
        bytes.writeBytes(header);
        bytes.writeBytes(content);
        bytes.writeBytes(new byte[(512 - content.length % 512) % 512]);
        return this;
    }

    private static void put(byte[] header, int offset, String text) {
        byte[] chars = text.getBytes(UTF_8);
        System.arraycopy(chars, 0, header, offset, Math.min(chars.length, 100));
    }

    public byte[] end() {
        bytes.writeBytes(new byte[1024]);
        return cut();
    }

    /** Without its end. */
    public byte[] cut() {
        return bytes.toByteArray();
    }
}
