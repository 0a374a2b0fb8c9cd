package dev.bulkhead.e2e.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.e2e.soak.Lapses.Fault;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.api.Test;

class TenantFaultsTest {
    @Test
    void a_tenant_without_a_status_is_not_ready() {
        assertThat(TenantFaults.of(new Tenant(), true))
                .containsExactly(new Fault("Ready", "Unknown", "no status yet", false));
    }

    @Test
    void nothing_is_wrong_with_what_is_enforced_and_proven_or_cannot_be() {
        assertThat(TenantFaults.of(tenant("""
                        conditions: [{ type: Ready, status: "True", reason: Provisioned, message: "" }]
                        controls:
                          - { id: TI-DB, enforcement: Enforced, proof: Proven, reason: AsPlanned }
                          - { id: TI-BAK, enforcement: NotEnforceable, proof: Never, reason: NotImplemented }
                        """), true)).isEmpty();
    }

    @Test
    void an_inconclusive_proof_says_why_and_a_failed_one_is_grave() {
        assertThat(TenantFaults.of(tenant("""
                        controls:
                          - { id: TI-DB, enforcement: Enforced, proof: Inconclusive, reason: AsPlanned, proofMessage: slow }
                          - { id: TI-OBJ, enforcement: Degraded, proof: Failed, reason: OpenedByOthers, proofMessage: open }
                        """), true))
                .containsExactly(
                        new Fault("TI-DB", "Inconclusive", "slow", false), new Fault("TI-OBJ", "Failed", "open", true));
    }

    @Test
    void what_is_not_in_force_is_told_before_what_is_not_proven() {
        assertThat(TenantFaults.of(tenant("""
                        controls:
                          - { id: TI-DB, enforcement: Unknown, proof: Stale, reason: NotLookedAt, message: nobody looked }
                        """), true))
                .containsExactly(new Fault("TI-DB", "Unknown", "NotLookedAt: nobody looked", false));
    }

    @Test
    void without_a_node_what_only_pods_show_is_not_expected() {
        Tenant tenant = tenant("""
                controls:
                  - { id: TI-NET, enforcement: Enforced, proof: Inconclusive, reason: AsPlanned, proofMessage: no pods }
                  - { id: TI-EGR, enforcement: Degraded, proof: Inconclusive, reason: ChangedByAdmission, message: other }
                """);

        assertThat(TenantFaults.of(tenant, false))
                .containsExactly(new Fault("TI-EGR", "Degraded", "ChangedByAdmission: other", false));
        assertThat(TenantFaults.of(tenant, true)).hasSize(2);
    }

    @Test
    void a_suspended_tenant_is_not_ready_on_purpose_and_any_other_is_at_fault() {
        assertThat(TenantFaults.of(tenant(ready("Suspended")), true)).isEmpty();
        assertThat(TenantFaults.of(tenant(ready("Suspended") + """

                        controls:
                          - { id: TI-DB, enforcement: Enforced, proof: Inconclusive, reason: AsPlanned, proofMessage: suspended }
                          - { id: TI-POD, enforcement: Degraded, proof: Inconclusive, reason: ChangedByAdmission, message: other }
                        """), true))
                .containsExactly(new Fault("TI-POD", "Degraded", "ChangedByAdmission: other", false));
        assertThat(TenantFaults.of(tenant(ready("Working")), true))
                .containsExactly(new Fault("Ready", "False", "Working: why", false));
    }

    @Test
    void a_breach_is_grave() {
        assertThat(TenantFaults.of(tenant("isolation: Breached"), true))
                .extracting(Fault::grave)
                .containsExactly(true);
    }

    private static String ready(String reason) {
        return "conditions: [{ type: Ready, status: \"False\", reason: " + reason + ", message: why }]";
    }

    private static Tenant tenant(String status) {
        return new KubernetesSerialization().unmarshal("""
                apiVersion: bulkhead.dev/v1beta1
                kind: Tenant
                metadata: { name: a }
                status:
                """ + status.indent(2), Tenant.class);
    }
}
