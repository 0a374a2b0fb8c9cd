package dev.bulkhead.operator.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.operator.settings.OperatorSettings.Trusted;
import java.time.Duration;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OperatorSettingsTest {
    private static final String PLATFORM = """
            platform:
              operatorNamespace: bulkhead-system
              podCidrs: [10.244.0.0/16]
              serviceCidrs: [10.96.0.0/16]
              nodeCidrs: [192.0.2.0/24]
            """;

    @ParameterizedTest
    @CsvSource({"'', bulkhead-keys", "keysNamespace: vault, vault"})
    void keys_lie_in_a_namespace_of_their_own(String given, String expected)
            throws OperatorSettings.UnusableSettingsException {
        assertThat(OperatorSettings.parse("config.yaml", PLATFORM + "  " + given + "\n", null)
                        .keysNamespace())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bulkhead-system", "acme--app"})
    void keys_lie_neither_beside_the_master_key_nor_with_a_tenant(String namespace) {
        assertThatThrownBy(() ->
                        OperatorSettings.parse("config.yaml", PLATFORM + "  keysNamespace: " + namespace + "\n", null))
                .isInstanceOf(OperatorSettings.UnusableSettingsException.class)
                .hasMessageContaining("platform.keysNamespace " + namespace);
    }

    @Test
    void an_exception_is_read_with_its_reason_its_owner_and_its_end()
            throws OperatorSettings.UnusableSettingsException {
        assertThat(parse("{kind: ServiceAccount, namespace: argocd, name: server, reason: GitOps, owner: platform team,"
                                + " until: 2027-12-31}")
                        .prober()
                        .trusted())
                .containsExactly(new Trusted(
                        "ServiceAccount", "argocd", "server", "GitOps", "platform team", LocalDate.of(2027, 12, 31)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {kind: User, name: a, owner: b, until: 2027-12-31}                                   | without reason, owner and until
                    {kind: User, name: a, reason: b, until: 2027-12-31}                                  | without reason, owner and until
                    {kind: User, name: a, reason: b, owner: c}                                           | without reason, owner and until
                    {kind: User, name: a, reason: ' ', owner: c, until: 2027-12-31}                      | without reason, owner and until
                    {kind: User, name: a, reason: b, owner: c, until: never}                             | prober.trusted[0].until is not a date
                    {kind: Group, name: 'system:authenticated', reason: b, owner: c, until: 2027-12-31}  | which is everybody
                    {kind: Robot, name: a, reason: b, owner: c, until: 2027-12-31}                       | names nobody
                    {kind: User, reason: b, owner: c, until: 2027-12-31}                                 | names nobody
                    {kind: User, namespace: x, name: a, reason: b, owner: c, until: 2027-12-31}          | names nobody
                    {kind: ServiceAccount, name: a, reason: b, owner: c, until: 2027-12-31}              | names nobody
                    {kind: User, name: '*', reason: b, owner: c, until: 2027-12-31}                      | trusts everybody
                    {kind: Group, name: '**', reason: b, owner: c, until: 2027-12-31}                    | trusts everybody
                    {kind: ServiceAccount, namespace: '*', name: '*', reason: b, owner: c, until: 2027-12-31} | trusts everybody
                    """)
    void an_exception_that_lacks_something_is_none(String exception, String complaint) {
        assertThatThrownBy(() -> parse(exception))
                .isInstanceOf(OperatorSettings.UnusableSettingsException.class)
                .hasMessageContaining("config.yaml")
                .hasMessageContaining(complaint);
    }

    @Test
    void a_lease_lasts_as_long_as_with_kubernetes_own_components_unless_said_otherwise()
            throws OperatorSettings.UnusableSettingsException {
        assertThat(lease("enabled: true"))
                .isEqualTo(new OperatorSettings.Lease("bulkhead-system", "bulkhead-operator", Duration.ofSeconds(15)));
        assertThat(lease("enabled: true, leaseDuration: PT6S"))
                .extracting(OperatorSettings.Lease::duration)
                .isEqualTo(Duration.ofSeconds(6));
        assertThat(lease("enabled: false")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT2S", "PT4.5S"})
    void a_lease_that_a_busy_machine_would_lose_is_none(String duration) {
        assertThatThrownBy(() -> lease("enabled: true, leaseDuration: " + duration))
                .isInstanceOf(OperatorSettings.UnusableSettingsException.class)
                .hasMessageContaining("leaderElection.leaseDuration");
    }

    private static OperatorSettings.@Nullable Lease lease(String given)
            throws OperatorSettings.UnusableSettingsException {
        return OperatorSettings.parse("config.yaml", PLATFORM + "leaderElection: {" + given + "}\n", null)
                .leaderElection();
    }

    private static OperatorSettings parse(String exception) throws OperatorSettings.UnusableSettingsException {
        return OperatorSettings.parse("config.yaml", PLATFORM + "prober: {trusted: [" + exception + "]}\n", null);
    }
}
