package io.dvcr.importers.unpack;

/**
 * A block of bzip2, decoded but for its runs: four equal bytes have a fifth behind them that says how many more there
 * are. So it takes no more memory than others, whatever comes out of it.
 */
final class Bzip2Block {
    private final byte[] runs;
    private final int checksum;
    private final int end;

    /**
     * @param checksum of what comes out of it, as it says itself
     * @param end the bit of its piece behind its last
     */
    Bzip2Block(byte[] runs, int checksum, int end) {
        this.runs = runs;
        this.checksum = checksum;
        this.end = end;
    }

    byte[] runs() {
        return runs;
    }

    int checksum() {
        return checksum;
    }

    int end() {
        return end;
    }
}
