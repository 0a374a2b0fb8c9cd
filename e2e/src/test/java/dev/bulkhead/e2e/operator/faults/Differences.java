package dev.bulkhead.e2e.operator.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** Where two views differ, in few enough words to be read. */
final class Differences {
    private static final int BEFORE = 60;
    private static final int AFTER = 200;

    private Differences() {}

    /** One line for each name that only one of them has, or of which they say different things. */
    static List<String> between(Map<String, String> expected, Map<String, String> actual) {
        Set<String> names = new TreeSet<>(expected.keySet());
        names.addAll(actual.keySet());
        List<String> lines = new ArrayList<>();
        for (String name : names) {
            String wanted = expected.get(name);
            String found = actual.get(name);
            if (!Objects.equals(wanted, found)) {
                lines.add(
                        wanted == null
                                ? name + " is there"
                                : found == null ? name + " is missing" : name + line(wanted, found));
            }
        }
        return lines;
    }

    private static String line(String wanted, String found) {
        int same = 0;
        while (same < Math.min(wanted.length(), found.length()) && wanted.charAt(same) == found.charAt(same)) {
            same++;
        }
        return "\n  should be: " + part(wanted, same) + "\n  but is:    " + part(found, same);
    }

    private static String part(String text, int at) {
        return text.substring(Math.max(0, at - BEFORE), Math.min(text.length(), at + AFTER));
    }
}
