package dev.bulkhead.operator.probe.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.probe.connection.Plan.Surroundings;
import dev.bulkhead.operator.probe.connection.PodReport.Line;
import dev.bulkhead.operator.probe.connection.Target.Protocol;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PodReportTest {
    private static final int MOST_BYTES_OF_A_MESSAGE = 4096;

    @Test
    void what_a_pod_writes_is_what_the_prober_reads() {
        PodReport report = new PodReport(
                74,
                Map.of(
                        Target.listener(Protocol.udp, "fd00::5", 53), new Line(Outcome.TimedOut, 9, 380),
                        Target.server("192.0.2.1", 443), new Line(Outcome.Refused, 40, 75)));

        assertThat(PodReport.parse(report.text("w"), "w")).contains(report);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "bulkhead-probe other 1\n",
                "bulkhead-probe w x\n",
                "bulkhead-probe w 1\ntcp/1.2.3.4/80/word Answered 1 5",
                "bulkhead-probe w 1\ntcp/1.2.3.4/80/word Answered 1\n",
                "bulkhead-probe w 1\ntcp/1.2.3.4/80/word Open 1 5\n",
                "bulkhead-probe w 1\ntcp/1.2.3.4/80 Answered 1 5\n",
                "Exception in thread main\n"
            })
    void what_is_cut_off_or_somebody_else_s_is_no_report(String text) {
        assertThat(PodReport.parse(text, "w")).isEmpty();
    }

    @Test
    void the_longest_report_of_a_cluster_with_both_address_families_fits_into_a_message() {
        List<String> both = List.of("255.255.255.255", "fd00:1111:2222:3333:4444:5555:6666:7777");
        Plan plan = Plan.of(new Surroundings(
                both,
                both,
                both,
                both.stream().map(a -> Target.server(a, 65535)).toList(),
                Stream.of("fe", "fd")
                        .flatMap(a -> Stream.of(a + "00:1111:2222:3333:4444:5555:6666:7777", "255.255.255.254"))
                        .toList()));
        assertThat(longest(Stream.of(plan.own(), plan.out()))).hasSizeLessThan(MOST_BYTES_OF_A_MESSAGE);
    }

    @Test
    void the_longest_report_of_the_canary_s_pod_about_as_many_namespaces_as_are_tried_at_once_fits_too() {
        List<Plan> plans = IntStream.range(0, ConnectionProbe.AT_ONCE)
                .mapToObj(i -> {
                    List<String> both = List.of("255.255.255.25" + i, "fd00:1111:2222:3333:4444:5555:6666:777" + i);
                    return Plan.of(new Surroundings(both, both, both, List.of(), List.of()));
                })
                .toList();

        assertThat(longest(Stream.concat(
                        Stream.of(plans.getFirst().theirs()), plans.stream().map(Plan::in))))
                .hasSizeLessThan(MOST_BYTES_OF_A_MESSAGE);
    }

    private static String longest(Stream<Map<Plan.Aim, List<Target>>> targets) {
        Map<Target, Line> lines = new LinkedHashMap<>();
        targets.flatMap(m -> m.values().stream())
                .flatMap(List::stream)
                .forEach(target -> lines.put(target, new Line(Outcome.Unreachable, 99, 9_999)));
        return new PodReport(99_999, lines).text("0123456789abcdef01234567");
    }
}
