package dev.bulkhead.operator.escape;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The catalogue as it goes over the wire. After a wanted change run this with {@code -Dbulkhead.regenerate=true}, read the
 * difference, and commit it.
 */
class EscapeAttemptTest {
    private static final Path CATALOGUE = Path.of("src/test/resources/golden/escape/attempts.txt");
    private static final Cast CAST = new Cast("OWN", "VICTIM", "VICTIMS-VERSION", "VICTIMS-UPLOAD", "\"VICTIMS-TAG\"");

    @Test
    void every_request_is_the_one_that_was_reviewed() throws IOException {
        StringBuilder text = new StringBuilder();
        for (NameCarrier carrier : NameCarrier.values()) {
            text.append(text.isEmpty() ? "" : "\n")
                    .append("# ")
                    .append(carrier.text())
                    .append('\n');
            for (EscapeAttempt attempt : EscapeAttempt.of(carrier)) {
                text.append("%-52s %d up  %s%n"
                        .formatted(
                                attempt.spelling().text(),
                                attempt.up(),
                                attempt.request(CAST).text()));
            }
        }
        if (Boolean.getBoolean("bulkhead.regenerate")) {
            Files.createDirectories(CATALOGUE.getParent());
            Files.writeString(CATALOGUE, text);
        }

        assertThat(text.toString()).isEqualTo(Files.readString(CATALOGUE));
    }

    @Test
    void there_are_so_many_that_a_slow_server_is_through_within_minutes() {
        assertThat(all()).hasSizeBetween(1200, 1600);
    }

    @Test
    void no_two_requests_are_the_same_bytes_within_a_carrier() {
        for (NameCarrier carrier : NameCarrier.values()) {
            assertThat(EscapeAttempt.of(carrier))
                    .extracting(a -> a.request(CAST))
                    .doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest
    @EnumSource(NameCarrier.class)
    void every_carrier_carries_dots_slashes_backslashes_nul_and_what_looks_like_them(NameCarrier carrier) {
        Set<Spelling> spellings = new HashSet<>();
        EscapeAttempt.of(carrier).forEach(attempt -> spellings.add(attempt.spelling()));
        Set<Spelling> wanted = new HashSet<>(Arrays.asList(Spelling.values()));
        wanted.remove(Spelling.NUL_AS_IT_IS); // in a body it is the other one
        wanted.remove(Spelling.NUL_AT_END); // behind the bucket is the end, where nothing follows it
        wanted.remove(Spelling.BACKSLASH_UP); // likewise
        wanted.remove(Spelling.AS_THE_VICTIM_HAS_IT);

        assertThat(spellings).containsAll(wanted);
    }

    /** Whoever reads a name in whatever way, and gets somewhere else than where it lies, gets to the victim. */
    @Test
    void no_reading_of_a_name_leads_to_anybody_but_the_victim() {
        for (EscapeAttempt attempt : all()) {
            NameCarrier.Route route = attempt.carrier().route();
            String name = route.name(CAST, attempt.spelling(), attempt.up()).bytes();
            if (attempt.spelling() == Spelling.AS_THE_VICTIM_HAS_IT) {
                continue;
            }
            for (String reading : readings(name)) {
                assertThat(resolved(reading))
                        .as("%s read as %s", attempt, reading)
                        .satisfiesAnyOf(
                                path -> assertThat(path).contains("VICTIM"),
                                path -> assertThat(path).isEmpty());
            }
        }
    }

    private static List<EscapeAttempt> all() {
        return Arrays.stream(NameCarrier.values())
                .flatMap(carrier -> EscapeAttempt.of(carrier).stream())
                .toList();
    }

    /** As it is, decoded, with whatever looks like a dot or a slash for one, cut off at a NUL, and all of that together. */
    private static Set<String> readings(String name) {
        Set<String> readings = new HashSet<>();
        String decoded = name;
        for (int times = 0; times < 3; times++) {
            for (String looks : List.of(decoded, folded(decoded))) {
                readings.add(looks);
                readings.add(looks.replace('\\', '/'));
                readings.add(looks.replace('\\', '/').replace("../", ""));
                readings.add(looks.replaceFirst("\0.*", ""));
                readings.add(looks.replace("\0", ""));
                readings.add(looks.replaceAll("[^ -~]", ""));
            }
            decoded = Name.decoded(decoded);
        }
        return readings;
    }

    private static String folded(String name) {
        return name.replace("\u00c0\u00ae", ".")
                .replace("\u00c0\u00af", "/")
                .replace("\u00e0\u0080\u00ae", ".")
                .replace("\u00e0\u0080\u00af", "/")
                .replace("\u00e2\u0080\u00a4", ".")
                .replace("\u00e2\u0080\u00a5", "..")
                .replace("\u00ef\u00bc\u008e", ".")
                .replace("\u00ef\u00bc\u008f", "/")
                .replace("\u00ef\u00b9\u0092", ".")
                .replace("\u00e2\u0088\u0095", "/");
    }

    private static String resolved(String path) {
        Deque<String> segments = new ArrayDeque<>();
        List<String> above = new ArrayList<>();
        for (String segment : path.split("/", -1)) {
            if (segment.equals("..")) {
                if (segments.pollLast() == null) {
                    above.add(segment);
                }
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                segments.addLast(segment);
            }
        }
        return String.join("/", above) + (above.isEmpty() ? "" : "/") + String.join("/", segments);
    }
}
