package dev.bulkhead.operator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.bulkhead.operator.access.BindingExpansion;
import dev.bulkhead.operator.access.Principal;
import dev.bulkhead.operator.access.Principal.PrincipalKind;
import dev.bulkhead.operator.access.Tenantry;
import dev.bulkhead.operator.probe.AccessPicture;
import dev.bulkhead.operator.probe.PlatformAccounts;
import dev.bulkhead.operator.probe.PlatformAccounts.Trust;
import dev.bulkhead.operator.probe.PlatformInventory;
import dev.bulkhead.operator.settings.OperatorSettings;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is printed of an accepted plugin, of cert-manager that was there before, and of eve who came later. */
class TrustedTextTest {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final LocalDate TODAY = LocalDate.of(2026, 6, 1);
    private static final Trust PLUGIN = new Trust(
            Principal.account("calico-*", "calico-node"), "network plugin", "ops", LocalDate.of(2026, 12, 31));
    private static final Trust ENDED =
            new Trust(new Principal(PrincipalKind.User, "", "eks:*"), "cloud: nodes", "ops", LocalDate.of(2026, 5, 31));
    private static final TrustedText.Acceptable AS =
            new TrustedText.Acceptable("certificates: all", "ops@example.com", "2027-06-30");

    private final TrustedText text = new TrustedText(inventory());

    @Test
    void the_table_says_who_may_what_since_when_and_who_answers() {
        assertThat(text.table()).isEqualTo("""
                WHO                                       STANDING                                     SINCE                 BINDING  MAY
                ServiceAccount calico-system/calico-node  accepted until 2026-12-31                    2026-01-01T00:00:00Z  plugin   list pods
                ServiceAccount cert-manager/cert-manager  not yet accepted                             2026-01-01T00:00:00Z  certs    list pods
                User eks:nodewatcher                      not yet accepted, accepted until 2026-05-31  2026-01-01T00:00:00Z  cloud    list pods
                User eve                                  came later                                   2026-05-02T00:00:00Z  eve      list pods
                """);
        assertThat(text.exitCode()).isOne();
    }

    @Test
    void the_values_accept_who_was_there_and_keep_what_was_accepted() throws Exception {
        String values = text.values(List.of(PLUGIN), List.of(), AS);

        assertThat(YAML.readTree(values)).isEqualTo(YAML.readTree("""
                prober:
                  trusted:
                    - { kind: ServiceAccount, namespace: calico-*, name: calico-node, reason: network plugin, owner: ops, until: "2026-12-31" }
                    - { kind: ServiceAccount, namespace: cert-manager, name: cert-manager, reason: "certificates: all", owner: ops@example.com, until: "2027-06-30" }
                    - { kind: User, name: "eks:nodewatcher", reason: "certificates: all", owner: ops@example.com, until: "2027-06-30" }
                """));
    }

    /** A date without quotes is a time to some readers of YAML. */
    @Test
    void every_text_is_quoted() {
        assertThat(text.values(List.of(PLUGIN), List.of(), AS))
                .contains("until: \"2026-12-31\"", "name: \"calico-node\"");
    }

    /** What it prints is what the operator reads. */
    @Test
    void the_values_are_settings() throws Exception {
        String values = text.values(List.of(PLUGIN), List.of(), AS);

        OperatorSettings settings = OperatorSettings.parse("config.yaml", """
                platform:
                  operatorNamespace: bulkhead-system
                  podCidrs: [10.244.0.0/16]
                  serviceCidrs: [10.96.0.0/16]
                  nodeCidrs: [192.0.2.0/24]
                """ + values, null);

        assertThat(settings.prober().trusted())
                .extracting(OperatorSettings.Trusted::name)
                .containsExactly("calico-node", "cert-manager", "eks:nodewatcher");
    }

    @Test
    void who_came_later_is_accepted_only_by_name() throws Exception {
        JsonNode trusted = YAML.readTree(text.values(List.of(), Set.of("eve"), AS))
                .path("prober")
                .path("trusted");

        assertThat(trusted).hasSize(1);
        assertThat(trusted.path(0).path("name").asText()).isEqualTo("eve");
        assertThat(text.passedOver(Set.of())).containsExactly("eve");
        assertThat(text.passedOver(Set.of("eve"))).isEmpty();
        assertThat(text.unknown(List.of("eve", "cert-manager/cert-manager", "cert-manager", "mallory")))
                .containsExactly("cert-manager", "mallory");
    }

    @Test
    void a_name_that_several_have_says_whom_it_means_with_its_kind() throws Exception {
        TrustedText twins = new TrustedText(inventory(List.of(
                later("{kind: User, name: ops}"),
                later("{kind: Group, name: ops}"),
                later("{kind: User, name: backup/ops}"),
                later("{kind: ServiceAccount, namespace: backup, name: ops}"))));

        assertThat(twins.choices("ops")).containsExactly("Group/ops", "User/ops");
        assertThat(twins.choices("backup/ops")).containsExactly("ServiceAccount/backup/ops", "User/backup/ops");
        assertThat(twins.choices("Group/ops")).isEmpty();
        assertThat(twins.choices("nobody")).isEmpty();
        assertThat(twins.unknown(List.of("Group/ops", "ServiceAccount/backup/ops", "Group/backup/ops")))
                .containsExactly("Group/backup/ops");
        assertThat(twins.passedOver(List.of("Group/ops")))
                .containsExactly("ServiceAccount/backup/ops", "User/backup/ops", "User/ops");
        assertThat(YAML.readTree(twins.values(List.of(), List.of("Group/ops"), AS))
                        .at("/prober/trusted"))
                .singleElement()
                .satisfies(one -> assertThat(one.path("kind").asText()).isEqualTo("Group"));
    }

    /** The operator would not begin with them. */
    @Test
    void what_the_settings_refuse_is_not_written() throws Exception {
        TrustedText groups = new TrustedText(PlatformInventory.of(
                new AccessPicture(
                        BindingExpansion.of(
                                List.of(),
                                List.of(read(
                                        "{metadata: {name: read}, rules: [{apiGroups: [''], resources: [pods], verbs: [list]}]}",
                                        ClusterRole.class)),
                                List.of(),
                                List.of(binding(
                                        "group",
                                        "{kind: Group, name: 'system:serviceaccounts:monitoring'}",
                                        Instant.parse("2026-01-01T00:00:00Z")))),
                        Tenantry.of(List.of(), List.of()),
                        null,
                        Map.of()),
                accounts(),
                TODAY));

        assertThat(YAML.readTree(groups.values(List.of(), List.of(), AS)).at("/prober/trusted"))
                .isEmpty();
        assertThat(groups.impossible()).containsExactly("system:serviceaccounts:monitoring");
    }

    @Test
    void for_machines_it_is_json() throws Exception {
        JsonNode all = new ObjectMapper().readTree(text.json());

        assertThat(all).hasSize(4);
        assertThat(all.path(0)).isEqualTo(new ObjectMapper().readTree("""
                {"kind": "ServiceAccount", "namespace": "calico-system", "name": "calico-node", "standing": "Accepted",
                 "reason": "network plugin", "owner": "ops", "until": "2026-12-31",
                 "grants": [{"binding": "ClusterRoleBinding plugin", "role": "ClusterRole read", "may": "list pods",
                             "since": "2026-01-01T00:00:00Z"}]}
                """));
        assertThat(all.path(3).path("standing").asText()).isEqualTo("Later");
    }

    @Test
    void nobody_is_said_in_words() {
        TrustedText nobody = new TrustedText(PlatformInventory.of(
                new AccessPicture(
                        BindingExpansion.of(List.of(), List.of(), List.of(), List.of()),
                        Tenantry.of(List.of(), List.of()),
                        null,
                        Map.of()),
                accounts(),
                TODAY));

        assertThat(nobody.table()).isEqualTo("no account of the platform reaches into every tenant\n");
        assertThat(nobody.exitCode()).isZero();
    }

    private static ClusterRoleBinding later(String subject) {
        return binding("later", subject, Instant.parse("2026-05-02T00:00:00Z"));
    }

    private static PlatformInventory inventory() {
        Instant before = Instant.parse("2026-01-01T00:00:00Z");
        return inventory(List.of(
                binding("plugin", "{kind: ServiceAccount, namespace: calico-system, name: calico-node}", before),
                binding("certs", "{kind: ServiceAccount, namespace: cert-manager, name: cert-manager}", before),
                binding("cloud", "{kind: User, name: 'eks:nodewatcher'}", before),
                binding("eve", "{kind: User, name: eve}", Instant.parse("2026-05-02T00:00:00Z"))));
    }

    private static PlatformInventory inventory(List<ClusterRoleBinding> bindings) {
        ClusterRole role = read(
                "{metadata: {name: read}, rules: [{apiGroups: [''], resources: [pods], verbs: [list]}]}",
                ClusterRole.class);
        return PlatformInventory.of(
                new AccessPicture(
                        BindingExpansion.of(List.of(), List.of(role), List.of(), bindings),
                        Tenantry.of(List.of(), List.of()),
                        Instant.parse("2026-05-01T00:00:00Z"),
                        Map.of()),
                accounts(),
                TODAY);
    }

    private static PlatformAccounts accounts() {
        return new PlatformAccounts(
                Principal.account("bulkhead-system", "bulkhead-operator"),
                Principal.account("bulkhead-system", "bulkhead-prober"),
                "bulkhead-keys",
                List.of(PLUGIN, ENDED));
    }

    private static ClusterRoleBinding binding(String name, String subject, Instant made) {
        return read(
                "{metadata: {name: " + name + ", creationTimestamp: '" + made
                        + "'}, roleRef: {kind: ClusterRole, name: read}, subjects: [" + subject + "]}",
                ClusterRoleBinding.class);
    }

    private static <T> T read(String yaml, Class<T> type) {
        try {
            return YAML.readValue(yaml, type);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
