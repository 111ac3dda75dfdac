package io.dvcr.cli.view;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows of which more may come: each column is as wide as its widest cell so far. Not thread-safe. */
public final class LiveTable {
    private static final String GAP = "   ";

    private final PrintWriter out;
    private final List<Integer> widths = new ArrayList<>();

    public LiveTable(PrintWriter out) {
        this.out = out;
    }

    public void print(List<String[]> rows) {
        rows.forEach(this::widen);
        rows.forEach(this::line);
        out.flush();
    }

    private void widen(String[] row) {
        for (int column = 0; column < row.length; column++) {
            if (column == widths.size()) {
                widths.add(0);
            }
            widths.set(column, Math.max(widths.get(column), row[column].length()));
        }
    }

    private void line(String[] row) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < row.length; column++) {
            line.append(row[column])
                    .repeat(' ', widths.get(column) - row[column].length())
                    .append(GAP);
        }
        out.println(line.toString().stripTrailing());
    }
}
