package dev.bulkhead.operator.cli;

import java.util.List;

/** A table for somebody at a terminal. */
final class TextTable {
    private TextTable() {}

    /** Columns as wide as their widest cell, two blanks apart; the last one as it is. */
    static String aligned(List<String[]> rows) {
        int[] widths = new int[rows.getFirst().length];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (String[] row : rows) {
            for (int i = 0; i < row.length - 1; i++) {
                text.append(row[i]).append(" ".repeat(widths[i] - row[i].length() + 2));
            }
            text.append(row[row.length - 1]).append('\n');
        }
        return text.toString();
    }
}
