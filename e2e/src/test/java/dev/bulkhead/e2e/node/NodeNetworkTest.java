package dev.bulkhead.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NodeNetworkTest {
    @Test
    void both_ends_are_the_two_usable_addresses_of_a_range_for_tests() {
        assertThat(IntStream.range(0, 200).mapToObj(seed -> NodeNetwork.choose(new Random(seed))))
                .allSatisfy(network -> {
                    assertThat(network.range()).matches("198\\.1[89]\\.\\d+\\.\\d+/30");
                    int first = last(network.range().replace("/30", ""));
                    assertThat(first % 4).isZero();
                    assertThat(last(network.machine())).isEqualTo(first + 1);
                    assertThat(last(network.node())).isEqualTo(first + 2);
                    assertThat(network.servers().clients()).isEqualTo(network.range());
                });
    }

    private static int last(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf('.') + 1));
    }
}
