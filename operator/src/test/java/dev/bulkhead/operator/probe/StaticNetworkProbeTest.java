package dev.bulkhead.operator.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.ReachableAs;
import dev.bulkhead.api.v1beta1.TenantProfileSpec.Peer;
import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.evidence.Trial.TrialKind;
import dev.bulkhead.operator.evidence.Trial.TrialResult;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.BackedParts;
import dev.bulkhead.operator.identity.MarkedMetadata;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.network.NetworkPlanner;
import dev.bulkhead.operator.network.Policies;
import dev.bulkhead.operator.network.Reachability;
import dev.bulkhead.operator.validate.PlatformSettings;
import dev.bulkhead.operator.validate.ValidTenant;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The operator's own plan for two tenants is closed; then one thing is changed, and the trial names it. */
class StaticNetworkProbeTest {
    private static final ValidTenant CLINIC = Tenants.full();
    private static final ValidTenant LAUNDRY = Tenants.plain();
    private static final String APP = "klinik-nord--app";

    private final List<Namespace> namespaces = new ArrayList<>();
    private final List<NetworkPolicy> policies = new ArrayList<>();
    private final Map<String, String> overfull = new HashMap<>();

    StaticNetworkProbeTest() {
        for (ValidTenant tenant : List.of(CLINIC, LAUNDRY)) {
            policies.addAll(NetworkPlanner.policies(tenant, Tenants.PLATFORM));
            tenant.namespaces().stream()
                    .map(share -> new NamespaceBuilder()
                            .withMetadata(MarkedMetadata.ofNamespace(
                                    share.namespace(), tenant.identity(), Map.of(), Map.of()))
                            .build())
                    .forEach(namespaces::add);
        }
        for (String name : List.of("default", "kube-system", "monitoring", "ingress-nginx", "databases")) {
            namespaces.add(Policies.namespace(name, Map.of()));
        }
    }

    @Test
    void the_plan_for_every_tenant_is_closed_and_the_ways_that_must_be_open_are_seen() throws InterruptedException {
        List<Trial> trials = trials();
        assertThat(trials)
                .allSatisfy(trial -> assertThat(trial.result())
                        .as("%s: %s", trial.name(), trial.attack())
                        .isEqualTo(TrialResult.Blocked));
        assertThat(trials).extracting(Trial::proves).contains(Control.TI_NET, Control.TI_EGR);
        assertThat(trials).hasSize(9);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // spec | name of a trial that says so | its kind
                "{podSelector: {}, ingress: [{}]} | traffic comes in from pods of the rest of the cluster | OpenWay",
                "{podSelector: {}, ingress: [{}]} | traffic comes in from pods of another tenant          | Weakness",
                "{podSelector: {}, ingress: [{}]} | traffic comes in from addresses that are no pod's     | OpenWay",
                "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}, podSelector: {}}], ports: [{port: 1}]},{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: default}}}]}]} | traffic comes in from pods of the rest of the cluster | OpenWay",
                "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}}], ports: [{port: 8080}]}]} | traffic comes in from pods of the rest of the cluster | OpenWay",
                "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.244.3.0/24}}]}]} | traffic comes in from pods of the rest of the cluster | OpenWay",
                "{podSelector: {}, policyTypes: [Egress], egress: [{}]} | traffic goes out to pods of the rest of the cluster | OpenWay",
                "{podSelector: {}, policyTypes: [Egress], egress: [{}]} | traffic goes out to pods of another tenant | Weakness",
                "{podSelector: {}, policyTypes: [Egress], egress: [{}]} | traffic goes out to the metadata address of a cloud | OpenWay",
                "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 169.254.169.254/32}}]}]} | traffic goes out to the metadata address of a cloud | OpenWay",
                "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 'fd00:ec2::254/128'}}]}]} | traffic goes out to the metadata address of a cloud | OpenWay",
                "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 10.96.0.1/32}}]}]} | traffic goes out to the cluster's services | OpenWay",
                "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 192.168.178.7/32}}], ports: [{port: 6443}]}]} | traffic goes out to nodes and the API server | OpenWay",
                "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 203.0.113.0/25}}], ports: [{port: 22}]}]} | traffic goes out to addresses that the spec does not list | OpenWay",
                "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 203.0.112.0/20}}], ports: [{port: 5061}]}]} | traffic goes out to addresses that the spec does not list | OpenWay",
                "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}}], ports: [{port: 53}]}]} | traffic goes out to pods of the rest of the cluster | OpenWay",
                "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: databases}}}], ports: [{port: 5432}]}]} | traffic goes out to pods of the rest of the cluster | OpenWay",
            })
    void a_foreign_policy_that_opens_too_much_is_named(String spec, String name, TrialKind kind)
            throws InterruptedException {
        policies.add(Policies.policy(APP, "too-much", spec));

        Trial trial = trial(name);
        assertThat(trial.result()).as("%s", trial.attack()).isEqualTo(TrialResult.Through);
        assertThat(trial.kind()).isEqualTo(kind);
        assertThat(trial.attack().detail()).contains("klinik-nord--app/too-much");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{podSelector: {matchLabels: {app: web}}}",
                "{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}",
                "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{podSelector: {}}]}]}",
                "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 203.0.113.0/26}}], ports: [{port: 5061}]}]}",
                "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}, podSelector: {matchLabels: {app.kubernetes.io/name: nginx, app.kubernetes.io/component: controller}}}], ports: [{port: 8080}]}]}",
            })
    void a_tenant_s_own_policy_that_stays_inside_is_no_finding(String spec) throws InterruptedException {
        policies.add(Policies.policy(APP, "own", spec));

        assertThat(trials())
                .allSatisfy(trial -> assertThat(trial.result())
                        .as("%s: %s", trial.name(), trial.attack())
                        .isEqualTo(TrialResult.Blocked));
    }

    @Test
    void a_way_that_both_tenants_open_is_a_breach_and_names_both_policies() throws InterruptedException {
        policies.add(Policies.policy(APP, "out", "{podSelector: {}, policyTypes: [Egress], egress: [{}]}"));
        policies.add(Policies.policy("waescherei--web", "in", "{podSelector: {}, ingress: [{}]}"));

        Trial trial = trial("traffic goes out to pods of another tenant");
        assertThat(trial.breach()).isTrue();
        assertThat(trial.attack().detail()).contains("klinik-nord--app/out", "waescherei--web/in");
    }

    @Test
    void without_any_policy_everything_is_open() throws InterruptedException {
        policies.removeIf(p -> p.getMetadata().getNamespace().equals(APP));

        Trial trial = trial("traffic goes out to the metadata address of a cloud");
        assertThat(trial.breach()).isTrue();
        assertThat(trial.attack().detail()).isEqualTo("no policy in force closes klinik-nord--app for Egress");
    }

    @Test
    void a_stranger_s_namespace_with_the_tenant_s_label_is_found() throws InterruptedException {
        namespaces.removeIf(n -> n.getMetadata().getName().equals("default"));
        namespaces.add(Policies.namespace(
                "default", Map.of(Marks.IDENTITY, CLINIC.identity().value())));

        Trial trial = trial("traffic comes in from pods of the rest of the cluster");
        assertThat(trial.breach()).isTrue();
        assertThat(trial.attack().detail())
                .contains("klinik-nord--app/bulkhead-own-tenant", Marks.IDENTITY, "namespace default");
    }

    @Test
    void when_the_own_way_is_closed_a_refusal_says_nothing() throws InterruptedException {
        policies.removeIf(p -> p.getMetadata().getName().equals(NetworkPlanner.OWN_TENANT));

        assertThat(trial("traffic comes in from pods of another tenant").result())
                .isEqualTo(TrialResult.Unclear);
        assertThat(trial("traffic goes out to the cluster's services").result()).isEqualTo(TrialResult.Blocked);
    }

    @Test
    void when_dns_is_closed_a_refusal_to_leave_says_nothing() throws InterruptedException {
        policies.removeIf(p -> p.getMetadata().getName().equals(NetworkPlanner.DNS));

        assertThat(trial("traffic goes out to the cluster's services").result()).isEqualTo(TrialResult.Unclear);
    }

    @Test
    void a_namespace_that_is_gone_and_an_api_that_does_not_answer_are_unclear() throws InterruptedException {
        namespaces.removeIf(n -> n.getMetadata().getName().equals(APP));
        assertThat(trials())
                .extracting(Trial::result)
                .containsOnly(TrialResult.Unclear)
                .hasSize(2);

        Source<NetworkSnapshot> silent = () -> {
            throw new KubernetesClientException("no");
        };
        assertThat(new StaticNetworkProbe(silent, Tenants.PLATFORM).run(subject(CLINIC), List.of()))
                .extracting(Trial::result)
                .containsOnly(TrialResult.Unclear)
                .hasSize(2);
    }

    @Test
    void a_platform_that_does_not_say_where_its_nodes_are_proves_nothing_about_them() throws InterruptedException {
        PlatformSettings p = Tenants.PLATFORM;
        PlatformSettings vague = new PlatformSettings(
                p.operatorNamespace(),
                p.podSecurityVersion(),
                p.podCidrs(),
                p.serviceCidrs(),
                List.of(),
                p.dnsNamespace(),
                p.dnsPodLabels());

        assertThat(trials(vague))
                .filteredOn(t -> t.name().endsWith("nodes and the API server"))
                .extracting(Trial::result)
                .containsOnly(TrialResult.Unclear);
    }

    private Trial trial(String name) throws InterruptedException {
        return trials().stream()
                .filter(t -> t.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no trial " + name));
    }

    @Test
    void a_namespace_of_its_own_that_holds_too_much_is_named() throws InterruptedException {
        overfull.put(APP, "namespace " + APP + " holds more than 2 objects of kind NetworkPolicy");
        policies.removeIf(policy -> policy.getMetadata().getNamespace().equals(APP));

        assertThat(trials()).hasSize(2).allSatisfy(trial -> {
            assertThat(trial.result()).isEqualTo(TrialResult.Unclear);
            assertThat(trial.explanation())
                    .contains("namespace " + APP + " holds more than 2 objects of kind NetworkPolicy");
        });
    }

    @Test
    void a_neighbour_s_namespace_that_holds_too_much_touches_nobody_else() throws InterruptedException {
        String theirs = LAUNDRY.namespaces().getFirst().namespace().fullName();
        overfull.put(theirs, "namespace " + theirs + " holds more than 2 objects of kind NetworkPolicy");
        policies.removeIf(policy -> policy.getMetadata().getNamespace().equals(theirs));

        assertThat(trials())
                .hasSize(9)
                .allSatisfy(trial -> assertThat(trial.result())
                        .as("%s: %s", trial.name(), trial.attack())
                        .isEqualTo(TrialResult.Blocked));
    }

    private List<Trial> trials() throws InterruptedException {
        return trials(Tenants.PLATFORM);
    }

    private List<Trial> trials(PlatformSettings settings) throws InterruptedException {
        Map<String, Peer> peers = CLINIC.rules().peers();
        NetworkSnapshot snapshot = new NetworkSnapshot(
                Reachability.of(namespaces, policies, settings.podCidrs()),
                Map.of("voice-agent", peers, "portal", peers),
                Map.of(
                        PartId.database,
                        Map.of("pg-one", reachable(CLINIC.database().reachableAs())),
                        PartId.objectStore,
                        Map.of("s3-one", reachable(CLINIC.objectStore().reachableAs()))),
                overfull);
        return new StaticNetworkProbe(() -> snapshot, settings).run(subject(CLINIC), List.of(subject(LAUNDRY)));
    }

    private static ReachableAs reachable(@org.jspecify.annotations.Nullable ReachableAs address) {
        return Objects.requireNonNull(address);
    }

    static Subject subject(ValidTenant tenant) {
        return new Subject(
                tenant.name(),
                tenant.identity(),
                tenant.spec(),
                BackedParts.homes(
                        new TenantStatus.DatabaseStatus("pg-one", "shard-a", "t_x", null),
                        new TenantStatus.ObjectStoreStatus("s3-one", "bh-x", null)));
    }
}
