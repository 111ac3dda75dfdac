package io.dvcr.importers.unpack;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What POSIX pax headers say of a sparse file, in the three ways in which GNU tar has written them (GNU tar's manual,
 * appendix "Storing Sparse Files"): stretches by records of their own (0.0), in one record (0.1), or before the data (1.0).
 *
 * @param name of the file, where the entry has another
 * @param map starts and lengths; empty if they are before the data
 */
record TarSparse(Optional<String> name, long fileSize, Optional<List<Long>> map) {
    private static final String PREFIX = "GNU.sparse.";
    private static final int LONGEST_NUMBER = 19;

    /** Hands on the blocks of a tar in turn. */
    @FunctionalInterface
    interface Blocks {
        byte[] next() throws IOException;
    }

    TarSparse {
        map = map.map(List::copyOf);
    }

    /** What {@code records}, {@code KEY=VALUE} each, say; empty if there is nothing of this among them. */
    static Optional<TarSparse> in(List<String> records) {
        List<String> ours = records.stream()
                .filter(record -> record.startsWith(PREFIX))
                .map(record -> record.substring(PREFIX.length()))
                .toList();
        return ours.isEmpty() ? Optional.empty() : Optional.of(parse(ours));
    }

    private static TarSparse parse(List<String> records) {
        Optional<String> name = Optional.empty();
        long fileSize = -1;
        boolean mapBeforeData = false;
        List<Long> map = new ArrayList<>();
        for (String record : records) {
            int equals = record.indexOf('=');
            String value = record.substring(equals + 1);
            switch (record.substring(0, Math.max(0, equals))) {
                case "name" -> name = Optional.of(value);
                case "size", "realsize" -> fileSize = number(value);
                case "major" -> mapBeforeData = isFirst(value);
                case "offset", "numbytes" -> map.add(number(value));
                case "map" -> {
                    for (String one : value.isEmpty() ? new String[0] : value.split(",", -1)) {
                        map.add(number(one));
                    }
                }
                default -> {} // minor, and how many there are, which shows
            }
        }
        return new TarSparse(name, fileSize, mapBeforeData ? Optional.empty() : Optional.of(map));
    }

    private static boolean isFirst(String major) {
        if (!major.equals("0") && !major.equals("1")) {
            throw TarHoles.refused("it is of version " + major + ", not 0 or 1");
        }
        return major.equals("1");
    }

    private static long number(String text) {
        try {
            return text.length() > LONGEST_NUMBER || text.startsWith("+") ? -1 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw TarHoles.refused("a number in it is none");
        }
    }

    /**
     * The map, which is read if it is before the data.
     *
     * @param blocks of the entry's content
     * @param stored how much the entry has, map and all
     */
    TarHoles holes(Blocks blocks, long stored) throws IOException {
        TarHoles.Builder holes = new TarHoles.Builder(fileSize);
        if (map.isEmpty()) {
            return new Numbers(blocks, stored).holes(holes);
        }
        List<Long> numbers = map.get();
        if (numbers.size() % 2 != 0) {
            throw TarHoles.refused("a part has a start and no length");
        }
        for (int i = 0; i < numbers.size(); i += 2) {
            holes.add(numbers.get(i), numbers.get(i + 1));
        }
        return holes.build(stored);
    }

    /** Decimal numbers, one a line, in blocks of their own: how many stretches, then start and length of each. */
    private static final class Numbers {
        private final Blocks blocks;
        private final long stored;
        private byte[] block = new byte[0];
        private int position;
        private long taken;

        Numbers(Blocks blocks, long stored) {
            this.blocks = blocks;
            this.stored = stored;
        }

        TarHoles holes(TarHoles.Builder holes) throws IOException {
            long count = next();
            for (long i = 0; i < count; i++) {
                long start = next();
                holes.add(start, next());
            }
            return holes.build(stored - taken);
        }

        private long next() throws IOException {
            StringBuilder digits = new StringBuilder();
            for (int one = character(); one != '\n'; one = character()) {
                if (one < '0' || one > '9' || digits.length() == LONGEST_NUMBER) {
                    throw TarHoles.refused("a number in it is none");
                }
                digits.append((char) one);
            }
            return number(digits.toString());
        }

        private int character() throws IOException {
            if (position == block.length) {
                taken += TarHeader.BYTES;
                if (taken > stored) {
                    throw TarHoles.refused("it is longer than what the tar has of the file");
                }
                block = blocks.next();
                position = 0;
            }
            return block[position++];
        }
    }
}
