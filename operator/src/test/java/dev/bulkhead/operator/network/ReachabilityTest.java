package dev.bulkhead.operator.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Namespaces {@code here} (team=a) and {@code there} (team=b). Of {@code there} nothing is closed unless a test says so,
 * and the question is whether pods of {@code here} are reached from there.
 */
class ReachabilityTest {
    private static final List<Namespace> NAMESPACES =
            List.of(Policies.namespace("here", Map.of("team", "a")), Policies.namespace("there", Map.of("team", "b")));
    private static final List<String> PODS = List.of("10.0.0.0/16");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // what closes
                "{podSelector: {}, policyTypes: [Ingress]}                                            | false",
                "{podSelector: {}, policyTypes: [Ingress], ingress: []}                               | false",
                "{podSelector: {}, policyTypes: [Ingress, Egress]}                                    | false",
                "{podSelector: {}}                                                                    | false",
                "{podSelector: {}, policyTypes: [Egress]}                                             | true",
                "{podSelector: {}, egress: [{}]}                                                      | false",
                "{podSelector: {matchLabels: {app: web}}}                                             | true",
                "{podSelector: {matchExpressions: [{key: app, operator: Exists}]}}                    | true",
                "{podSelector: {matchExpressions: [{key: app, operator: DoesNotExist}]}}              | true",
                "{podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [web]}]}}      | true",
                // whom rules let in
                "{podSelector: {}, ingress: [{}]}                                                     | true",
                "{podSelector: {}, ingress: [{from: []}]}                                             | true",
                "{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}                            | false",
                "{podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]}                      | true",
                "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: b}}}]}]}| true",
                "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: c}}}]}]}| false",
                "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: b}}, podSelector: {matchLabels: {app: x}}}]}]} | true",
                "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: b}}, podSelector: {matchExpressions: [{key: a, operator: Exists}, {key: a, operator: DoesNotExist}]}}]}]} | false",
                "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchExpressions: [{key: team, operator: In, values: [b, c]}]}}]}]}    | true",
                "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchExpressions: [{key: team, operator: NotIn, values: [b, c]}]}}]}]} | false",
                "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchExpressions: [{key: gone, operator: NotIn, values: [b]}]}}]}]}    | true",
                "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchExpressions: [{key: team, operator: Exists}]}}]}]}                | true",
                "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchExpressions: [{key: team, operator: DoesNotExist}]}}]}]}          | false",
                "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: there}}}]}]}                | true",
                // addresses: pods are among them or not
                "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}                 | true",
                "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.7.0/24}}]}]}               | true",
                "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 192.168.0.0/16}}]}]}            | false",
                "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: '::/0'}}]}]}                    | false",
                "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/16]}}]}]}               | false",
                "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/17]}}]}]}               | true",
                "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/17, 10.0.128.0/17]}}]}]}| false",
                "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.07.0/24}}]}]}              | true",
                // ports
                "{podSelector: {}, ingress: [{ports: [{port: 80}]}]}                                  | true",
                "{podSelector: {}, ingress: [{ports: [{port: http}]}]}                                | true",
                "{podSelector: {}, ingress: [{ports: [{protocol: UDP}]}]}                             | true",
                "{podSelector: {}, ingress: [{ports: [{port: 80, endPort: 70}]}]}                     | false",
            })
    void one_policy_decides(String spec, boolean reached) {
        assertThat(reachability(Policies.policy("here", "p", spec)).reaches("there", "here"))
                .isEqualTo(reached);
    }

    @Test
    void policies_add_up_and_none_takes_away() {
        NetworkPolicy deny = Policies.policy("here", "deny", "{podSelector: {}}");
        NetworkPolicy open = Policies.policy("here", "open", "{podSelector: {}, ingress: [{}]}");
        assertThat(reachability(deny).reaches("there", "here")).isFalse();
        assertThat(reachability(deny, open).reaches("there", "here")).isTrue();
        assertThat(reachability(deny, open).openings("here", Direction.Ingress))
                .extracting(OpenWay::policy)
                .containsExactly("here/open");
    }

    @Test
    void two_policies_that_no_label_escapes_close_like_one_for_all() {
        NetworkPolicy with =
                Policies.policy("here", "with", "{podSelector: {matchExpressions: [{key: app, operator: Exists}]}}");
        NetworkPolicy without = Policies.policy(
                "here", "without", "{podSelector: {matchExpressions: [{key: app, operator: DoesNotExist}]}}");
        assertThat(reachability(with).reaches("there", "here")).isTrue();
        assertThat(reachability(without).reaches("there", "here")).isTrue();
        assertThat(reachability(with, without).reaches("there", "here")).isFalse();
    }

    @Test
    void a_connection_needs_both_ends() {
        NetworkPolicy out = Policies.policy("there", "out", "{podSelector: {}, policyTypes: [Egress]}");
        assertThat(reachability().reaches("there", "here")).isTrue();
        assertThat(reachability(out).reaches("there", "here")).isFalse();
        assertThat(reachability(out).reaches("here", "there")).isTrue();
    }

    @Test
    void without_types_a_policy_closes_the_way_out_only_where_it_has_rules_for_that() {
        assertThat(reachability(Policies.policy(
                                "there",
                                "out",
                                "{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 192.168.0.0/16}}]}]}"))
                        .reaches("there", "here"))
                .isFalse();
        assertThat(reachability(Policies.policy("there", "out", "{podSelector: {}, egress: []}"))
                        .reaches("there", "here"))
                .isTrue();
        assertThat(reachability(Policies.policy("there", "out", "{podSelector: {}}"))
                        .reaches("there", "here"))
                .isTrue();
    }

    @Test
    void a_policy_that_says_nothing_closes_nothing() {
        NetworkPolicy empty = Policies.policy("here", "empty", "{podSelector: {}}");
        empty.setSpec(null);

        assertThat(reachability(empty).reaches("there", "here")).isTrue();
    }

    @Test
    void openings_are_told_in_the_order_of_their_policies_and_those_without_a_port_not_at_all() {
        Reachability reachability = reachability(
                Policies.policy("here", "b", "{podSelector: {}, ingress: [{}]}"),
                Policies.policy("here", "c", "{podSelector: {}, ingress: [{ports: [{port: 80, endPort: 70}]}]}"),
                Policies.policy("here", "a", "{podSelector: {}, ingress: [{}]}"));

        assertThat(reachability.openings("here", Direction.Ingress))
                .extracting(OpenWay::policy)
                .containsExactly("here/a", "here/b");
        assertThat(reachability.openings("nowhere", Direction.Ingress)).isEmpty();
    }

    @Test
    void an_opening_for_pods_that_cannot_be_opens_nothing() {
        String nobody = "{matchExpressions: [{key: a, operator: Exists}, {key: a, operator: DoesNotExist}]}";
        Reachability reachability = reachability(Policies.policy(
                "here",
                "p",
                "{podSelector: {}, ingress: [{from: [{namespaceSelector: {}, podSelector: " + nobody + "}]}]}"));
        OpenWay opening = reachability.openings("here", Direction.Ingress).getFirst();

        assertThat(reachability.ownEnd(opening, "there").isEmpty()).isTrue();
    }

    @Test
    void what_an_opening_opens_at_its_own_end_are_its_ports() {
        Reachability reachability =
                reachability(Policies.policy("here", "p", "{podSelector: {}, ingress: [{ports: [{port: 80}]}]}"));
        OpenWay opening = reachability.openings("here", Direction.Ingress).getFirst();

        assertThat(reachability.ownEnd(opening, "there")).hasToString("TCP 80");
        assertThat(reachability.ownEnd(opening, "nowhere").isEmpty()).isTrue();
        assertThat(reachability.namespaces()).containsExactly("here", "there");
        assertThat(reachability.knows("here")).isTrue();
        assertThat(reachability.knows("nowhere")).isFalse();
    }

    @Test
    void both_ends_have_to_open_the_same_port() {
        NetworkPolicy in = Policies.policy("here", "in", "{podSelector: {}, ingress: [{ports: [{port: 80}]}]}");
        assertThat(reachability(in, out("{port: 80}")).reaches("there", "here")).isTrue();
        assertThat(reachability(in, out("{port: 70, endPort: 90}")).reaches("there", "here"))
                .isTrue();
        assertThat(reachability(in, out("{port: 81}")).reaches("there", "here")).isFalse();
        assertThat(reachability(in, out("{port: 80, protocol: UDP}")).reaches("there", "here"))
                .isFalse();
    }

    private static NetworkPolicy out(String port) {
        return Policies.policy(
                "there", "out", "{podSelector: {}, policyTypes: [Egress], egress: [{ports: [" + port + "]}]}");
    }

    @Test
    void both_ends_have_to_mean_the_same_pod() {
        NetworkPolicy in = Policies.policy(
                "here",
                "in",
                "{podSelector: {}, ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: x}}}]}]}");
        NetworkPolicy closed =
                Policies.policy("there", "out", "{podSelector: {matchLabels: {app: x}}, policyTypes: [Egress]}");
        assertThat(reachability(in).reaches("there", "here")).isTrue();
        assertThat(reachability(in, closed).reaches("there", "here"))
                .as("the pods that are let in are the ones that are not let out")
                .isFalse();
    }

    @Test
    void a_namespace_without_policies_is_open_and_an_unknown_one_is_not_reached() {
        assertThat(reachability().openings("here", Direction.Ingress))
                .singleElement()
                .satisfies(o -> assertThat(o).hasToString("no policy in force closes here for Ingress"));
        assertThat(reachability().reaches("here", "nowhere")).isFalse();
        assertThat(reachability().reaches("nowhere", "here")).isFalse();
    }

    @Test
    void policies_of_another_namespace_change_nothing() {
        NetworkPolicy elsewhere = Policies.policy("there", "p", "{podSelector: {}}");
        assertThat(reachability(elsewhere).reaches("there", "here")).isTrue();
        assertThat(reachability(elsewhere).reaches("here", "there")).isFalse();
    }

    @Test
    void more_selectors_than_anybody_can_think_through_count_as_escaped() {
        List<NetworkPolicy> many = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            many.add(Policies.policy("here", "p" + i, "{podSelector: {matchLabels: {k" + i + ": v, l" + i + ": v}}}"));
        }
        many.add(Policies.policy("here", "z1", "{podSelector: {matchExpressions: [{key: z, operator: Exists}]}}"));
        many.add(
                Policies.policy("here", "z2", "{podSelector: {matchExpressions: [{key: z, operator: DoesNotExist}]}}"));
        assertThat(reachability(many.toArray(NetworkPolicy[]::new)).reaches("there", "here"))
                .isTrue();
    }

    private static Reachability reachability(NetworkPolicy... policies) {
        return Reachability.of(NAMESPACES, List.of(policies), PODS);
    }

    /** A tenant may name many; what is worked out for a rule is worked out once. */
    @Test
    void all_peers_of_a_rule_share_its_ports() {
        String peers = IntStream.range(0, 1000)
                .mapToObj(i -> "{ipBlock: {cidr: 198.51." + i / 256 + "." + i % 256 + "/32}}")
                .collect(Collectors.joining(", "));
        Reachability reachability = Reachability.of(
                NAMESPACES,
                List.of(Policies.policy(
                        "here",
                        "many",
                        "{podSelector: {}, ingress: [{from: [" + peers + "], ports: [{port: any-name}]}]}")),
                PODS);

        List<OpenWay> openings = reachability.openings("here", Direction.Ingress);
        assertThat(openings).hasSize(1000);
        assertThat(openings)
                .allMatch(opening -> opening.ports() == openings.getFirst().ports());
    }
}
