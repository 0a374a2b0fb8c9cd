package dev.bulkhead.operator.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PortSetTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "TCP 80                        | TCP 80",
                "TCP 80-90                     | TCP 80-90",
                "UDP 53, TCP 443, TCP 444      | TCP 443-444, UDP 53",
                "TCP 90-80                     | no port",
                "TCP 1, TCP 3, TCP 5, TCP 7, TCP 9          | TCP 1, TCP 3, TCP 5, TCP 7, TCP 9",
                "TCP 1, TCP 3, TCP 5, TCP 7, TCP 9, TCP 11  | TCP 1, TCP 3, TCP 5, TCP 7, TCP 9, …"
            })
    void its_text_names_ranges_and_is_cut_after_five(String ports, String text) {
        assertThat(set(ports)).hasToString(text);
    }

    @Test
    void all_of_them_are_called_so() {
        assertThat(PortSet.all()).hasToString("all ports");
        assertThat(PortSet.none()).hasToString("no port");
    }

    @Test
    void a_set_covers_what_it_holds_and_no_more() {
        PortSet few = set("TCP 80-90, UDP 53");

        assertThat(few.covers(set("TCP 85, UDP 53"))).isTrue();
        assertThat(few.covers(set("TCP 85-91"))).isFalse();
        assertThat(few.covers(set("UDP 85"))).isFalse();
        assertThat(few.covers(PortSet.none())).isTrue();
        assertThat(PortSet.none().covers(few)).isFalse();
    }

    @Test
    void two_sets_together_hold_what_either_holds() {
        assertThat(set("TCP 80").and(set("TCP 81, UDP 53"))).hasToString("TCP 80-81, UDP 53");
        assertThat(set("TCP 81, UDP 53").and(set("TCP 80"))).hasToString("TCP 80-81, UDP 53");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "TCP 80-90            | TCP 85-95           | TCP 85-90",
                "TCP 80, TCP 443      | TCP 1-100           | TCP 80",
                "TCP 1-10, TCP 20-30  | TCP 5-25            | TCP 5-10, TCP 20-25",
                "TCP 1-65535          | TCP 7, TCP 9        | TCP 7, TCP 9",
                "TCP 80               | UDP 80              | no port"
            })
    void two_sets_have_in_common_what_both_hold(String one, String other, String common) {
        assertThat(set(one).within(set(other))).hasToString(common);
        assertThat(set(other).within(set(one))).hasToString(common);
    }

    private static PortSet set(String ports) {
        List<NetworkPolicyPort> listed =
                Arrays.stream(ports.split(", ", -1)).map(PortSetTest::port).toList();
        return PortSet.ofRule(listed);
    }

    private static NetworkPolicyPort port(String text) {
        String[] words = text.strip().split("[ -]", -1);
        NetworkPolicyPort port = new NetworkPolicyPort();
        port.setProtocol(words[0]);
        port.setPort(new IntOrString(Integer.valueOf(words[1])));
        port.setEndPort(words.length > 2 ? Integer.valueOf(words[2]) : null);
        return port;
    }
}
