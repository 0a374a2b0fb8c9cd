package dev.bulkhead.e2e.soak;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Counts the warnings and errors in the log of one of the processes, written as JSON or as text. */
final class LogLines {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern TEXT = Pattern.compile("^\\S+ +(WARN|ERROR) +(.*)$");
    private static final int LONGEST = 200;

    private final String process;
    private final SortedMap<String, Integer> counts = new TreeMap<>();

    LogLines(String process) {
        this.process = process;
    }

    /** Reads more of the log. */
    void add(String log) {
        log.lines().forEach(line -> {
            String what = warning(line);
            if (what != null) {
                counts.merge(process + " " + what, 1, Integer::sum);
            }
        });
    }

    /** How often each was written; those that differ only by a number are one. */
    SortedMap<String, Integer> counts() {
        return new TreeMap<>(counts);
    }

    private static @Nullable String warning(String line) {
        if (!line.startsWith("{")) {
            Matcher text = TEXT.matcher(line);
            return text.matches() ? text.group(1) + " " + shortened(text.group(2)) : null;
        }
        try {
            JsonNode entry = JSON.readTree(line);
            String level = entry.path("level").asText();
            return level.equals("WARN") || level.equals("ERROR")
                    ? level + " "
                            + shortened(entry.path("message").asText() + " "
                                    + entry.findPath("reason").asText())
                    : null;
        } catch (JsonProcessingException _) {
            return null;
        }
    }

    private static String shortened(String text) {
        String line = text.strip().replaceAll("[0-9]+", "#");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST - 1) + "…";
    }
}
