package dev.bulkhead.operator.probe.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.probe.connection.ExchangePlan.ExchangeSurroundings;
import dev.bulkhead.operator.probe.connection.PodReport.PodLine;
import dev.bulkhead.operator.probe.connection.Target.TargetProtocol;
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
                        Target.listener(TargetProtocol.udp, "fd00::5", 53),
                                new PodLine(ConnectionOutcome.TimedOut, 9, 380),
                        Target.server("192.0.2.1", 443), new PodLine(ConnectionOutcome.Refused, 40, 75)));

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
        ExchangePlan plan = ExchangePlan.of(new ExchangeSurroundings(
                both,
                both,
                both,
                both.stream().map(a -> Target.server(a, 65535)).toList(),
                Stream.of("fe", "fd")
                        .flatMap(a -> Stream.of(a + "00:1111:2222:3333:4444:5555:6666:7777", "255.255.255.254"))
                        .toList(),
                IntStream.range(0, ConnectionProbe.STORE_PARTS)
                        .mapToObj(i -> Target.server("fd00:1111:2222:3333:4444:5555:6666:77" + (i + 10), 65535))
                        .toList()));
        assertThat(longest(Stream.of(plan.own(), plan.out()))).hasSizeLessThan(MOST_BYTES_OF_A_MESSAGE);
    }

    @Test
    void the_longest_report_of_the_canary_s_pod_about_as_many_namespaces_as_are_tried_at_once_fits_too() {
        List<ExchangePlan> plans = IntStream.range(0, ConnectionProbe.AT_ONCE)
                .mapToObj(i -> {
                    List<String> both = List.of("255.255.255.25" + i, "fd00:1111:2222:3333:4444:5555:6666:777" + i);
                    return ExchangePlan.of(new ExchangeSurroundings(both, both, both, List.of(), List.of(), List.of()));
                })
                .toList();

        assertThat(longest(Stream.concat(
                        Stream.of(plans.getFirst().theirs()), plans.stream().map(ExchangePlan::in))))
                .hasSizeLessThan(MOST_BYTES_OF_A_MESSAGE);
    }

    private static String longest(Stream<Map<ExchangePlan.Aim, List<Target>>> targets) {
        Map<Target, PodLine> lines = new LinkedHashMap<>();
        targets.flatMap(m -> m.values().stream())
                .flatMap(List::stream)
                .forEach(target -> lines.put(target, new PodLine(ConnectionOutcome.Unreachable, 99, 9_999)));
        return new PodReport(99_999, lines).text("0123456789abcdef01234567");
    }
}
