package dev.bulkhead.operator.probe.connection;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an attacking pod found. It travels as the message of the ended container, which holds 4,096 bytes: the prober has
 * no right to read anybody's logs. The first line is {@code bulkhead-probe WORD MILLIS}, each other one
 * {@code TARGET OUTCOME TRIES MILLIS}.
 *
 * @param began milliseconds from the start of the pod's program to its first attempt
 * @param lines by target
 */
record PodReport(long began, Map<Target, PodLine> lines) {
    private static final String FORM = "bulkhead-probe";

    PodReport {
        lines = Map.copyOf(lines);
    }

    /**
     * What became of one target.
     *
     * @param outcome the most telling of all tries
     * @param tries how many there were
     * @param millis from the start of the program until that outcome was seen first
     */
    record PodLine(ConnectionOutcome outcome, int tries, long millis) {}

    /** Its text. */
    String text(String word) {
        StringBuilder text = new StringBuilder(FORM + " " + word + " " + began + "\n");
        lines.forEach((target, line) -> text.append(target)
                .append(' ')
                .append(line.outcome())
                .append(' ')
                .append(line.tries())
                .append(' ')
                .append(line.millis())
                .append('\n'));
        return text.toString();
    }

    /** Reads such a text; empty when it is none, is cut off, or belongs to another exchange. */
    static Optional<PodReport> parse(String text, String word) {
        if (!text.endsWith("\n")) {
            return Optional.empty();
        }
        List<String> rows = text.lines().toList();
        String[] head = rows.getFirst().split(" ", -1);
        if (head.length != 3 || !head[0].equals(FORM) || !head[1].equals(word)) {
            return Optional.empty();
        }
        try {
            Map<Target, PodLine> lines = new LinkedHashMap<>();
            for (String row : rows.subList(1, rows.size())) {
                String[] parts = row.split(" ", -1);
                lines.put(
                        Target.parse(parts[0]),
                        new PodLine(
                                ConnectionOutcome.valueOf(parts[1]),
                                Integer.parseInt(parts[2]),
                                Long.parseLong(parts[3])));
            }
            return Optional.of(new PodReport(Long.parseLong(head[2]), lines));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }
}
