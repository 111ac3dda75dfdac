package io.dvcr.cli.client;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows under a header, each column as wide as its widest cell. Not thread-safe. */
public final class Table {
    private static final String GAP = "   ";

    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... header) {
        rows.add(List.of(header));
    }

    public void row(String... cells) {
        rows.add(List.of(cells));
    }

    public void print(PrintWriter out) {
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                String cell = row.get(column);
                boolean last = column == row.size() - 1;
                line.append(cell).append(last ? "" : " ".repeat(width(column) - cell.length()) + GAP);
            }
            out.println(line.toString().stripTrailing());
        }
        out.flush();
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }
}
