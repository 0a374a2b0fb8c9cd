package dev.bulkhead.operator.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.Tombstone;
import dev.bulkhead.api.v1beta1.TombstoneStatus;
import dev.bulkhead.api.v1beta1.TombstoneStatus.TombstonePhase;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FormerDataTest {
    private static final TenantIdentity NEW = new TenantIdentity("0f8fad5b-d9cb-469f-a165-70867728950e");
    private static final String FORMER = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

    @Test
    void a_new_tenant_does_not_begin_beside_the_data_of_a_former_one_without_a_word() {
        for (TombstonePhase phase : List.of(TombstonePhase.Retained, TombstonePhase.Closing)) {
            assertThat(FormerData.of(tenant(Map.of()), NEW, List.of(stone(FORMER, phase))))
                    .hasValueSatisfying(finding -> {
                        assertThat(finding.reason()).isEqualTo(Reason.FormerIdentity);
                        assertThat(finding.text())
                                .contains("spec.adopt: " + FORMER)
                                .contains("kubectl annotate tenant acme --overwrite bulkhead.dev/leave-former-data="
                                        + FORMER);
                    });
        }
    }

    @Test
    void who_names_what_it_leaves_may_begin_and_only_for_that() {
        String second = "1b4e28ba-2fa1-41d2-883f-0016d3cca427";
        Tenant leaving = tenant(Map.of("bulkhead.dev/leave-former-data", FORMER));

        assertThat(FormerData.of(leaving, NEW, List.of(stone(FORMER, TombstonePhase.Retained))))
                .isEmpty();
        Optional<Finding> other = FormerData.of(
                leaving, NEW, List.of(stone(FORMER, TombstonePhase.Retained), stone(second, TombstonePhase.Retained)));
        assertThat(other)
                .hasValueSatisfying(finding -> assertThat(finding.subject()).isEqualTo("Tombstone " + second));
    }

    @Test
    void its_own_former_data_and_what_was_taken_over_are_in_nobodys_way() {
        assertThat(FormerData.of(
                        tenant(Map.of()),
                        NEW,
                        List.of(stone(NEW.value(), TombstonePhase.Retained), stone(FORMER, TombstonePhase.Adopted))))
                .isEmpty();
    }

    private static Tenant tenant(Map<String, String> annotations) {
        Tenant tenant = new Tenant();
        tenant.setMetadata(new ObjectMetaBuilder()
                .withName("acme")
                .withAnnotations(annotations)
                .build());
        return tenant;
    }

    private static Tombstone stone(String identity, TombstonePhase phase) {
        Tombstone stone = new Tombstone();
        stone.setMetadata(new ObjectMetaBuilder().withName(identity).build());
        stone.setStatus(new TombstoneStatus("acme", phase, null, null, null, List.of(), null, null, "0", List.of()));
        return stone;
    }
}
