package io.dvcr.importers.source;

/**
 * Tells a page for people, such as a login or a notice of absence that comes with status 200, from a disk that a server
 * calls {@code text/html} because it knows no better. No image begins with markup. Not thread-safe.
 */
final class WebPage {
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    private boolean decided;

    /** @param suspected whether the server says that it is one */
    WebPage(boolean suspected) {
        this.decided = !suspected;
    }

    /** Whether the bytes, which are the next, show that it is one. */
    boolean isShownBy(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length && !decided; i++) {
            if (!isBlank(bytes[i])) {
                decided = true;
                return bytes[i] == '<';
            }
        }
        return false;
    }

    private static boolean isBlank(byte value) {
        for (byte mark : BYTE_ORDER_MARK) {
            if (value == mark) {
                return true;
            }
        }
        return value == ' ' || value == '\t' || value == '\r' || value == '\n';
    }
}
