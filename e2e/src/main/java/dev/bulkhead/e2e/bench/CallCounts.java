package dev.bulkhead.e2e.bench;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Requests by backend, as the operator counts them in {@code bulkhead_external_calls_total{backend, verb, result}}.
 *
 * @param perBackend by the name of the backend, such as {@code kubernetes}
 */
record CallCounts(SortedMap<String, Requests> perBackend) {
    private static final Pattern SAMPLE =
            Pattern.compile("^bulkhead_external_calls_total\\{([^}]*)}\\s+(\\S+)", Pattern.MULTILINE);
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    CallCounts {
        perBackend = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(perBackend));
    }

    /**
     * Requests to one backend.
     *
     * @param reads requests that can change nothing, whatever the answer
     * @param writes requests that can change something, and were answered with success
     * @param refused requests that could have changed something, and failed
     */
    record Requests(long reads, long writes, long refused) {
        static final Requests NONE = new Requests(0, 0, 0);

        Requests plus(Requests other) {
            return new Requests(reads + other.reads, writes + other.writes, refused + other.refused);
        }

        Requests minus(Requests other) {
            return new Requests(reads - other.reads, writes - other.writes, refused - other.refused);
        }
    }

    /**
     * Reads the counter out of an exposition in Prometheus' text format; everything else in it is left alone.
     *
     * @throws IllegalArgumentException when a sample of the counter lacks a label or has no number
     */
    static CallCounts parse(String exposition) {
        SortedMap<String, Requests> counts = new TreeMap<>();
        Matcher sample = SAMPLE.matcher(exposition);
        while (sample.find()) {
            Map<String, String> labels = new TreeMap<>();
            Matcher label = LABEL.matcher(sample.group(1));
            while (label.find()) {
                labels.put(label.group(1), label.group(2));
            }
            long count = Math.round(Double.parseDouble(sample.group(2)));
            counts.merge(
                    required(labels, "backend"),
                    requests(required(labels, "verb"), required(labels, "result"), count),
                    Requests::plus);
        }
        return new CallCounts(counts);
    }

    private static Requests requests(String verb, String result, long count) {
        return switch (verb) {
            case "read" -> new Requests(count, 0, 0);
            case "write" -> result.equals("ok") ? new Requests(0, count, 0) : new Requests(0, 0, count);
            default -> throw new IllegalArgumentException("a call is a read or a write, not '" + verb + "'");
        };
    }

    private static String required(Map<String, String> labels, String name) {
        String value = labels.get(name);
        if (value == null) {
            throw new IllegalArgumentException("a sample of the calls has no label '" + name + "'");
        }
        return value;
    }

    /** What was added since {@code earlier}. */
    CallCounts since(CallCounts earlier) {
        SortedMap<String, Requests> difference = new TreeMap<>();
        perBackend.forEach((backend, requests) ->
                difference.put(backend, requests.minus(earlier.perBackend.getOrDefault(backend, Requests.NONE))));
        return new CallCounts(difference);
    }

    /** Writes that were answered with success, to all backends. */
    long writes() {
        return sum(Requests::writes);
    }

    /** Reads from all backends. */
    long reads() {
        return sum(Requests::reads);
    }

    /** Writes that failed, to all backends. */
    long refused() {
        return sum(Requests::refused);
    }

    private long sum(ToLongFunction<Requests> part) {
        return perBackend.values().stream().mapToLong(part).sum();
    }
}
