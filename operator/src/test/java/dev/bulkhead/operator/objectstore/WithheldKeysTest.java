package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.backend.BackendView;
import dev.bulkhead.operator.backend.Backends;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Slots;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.part.Prepared;
import dev.bulkhead.operator.validate.ValidTenant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** While nobody has supplied a key only the bucket waits, and closing waits for nothing. */
class WithheldKeysTest {
    private static final Outcome MISSING =
            new Outcome.Waiting(new Finding(Reason.SecretMissing, "Secret s", "does not exist"));

    private final ObjectStorePart part = new ObjectStorePart(
            Backends.none(), (identity, _, _, _) -> new KeySupply.Withheld(StoreKind.Static.keys(identity), MISSING));

    @Test
    void a_tenant_in_use_waits_with_its_bucket_and_keeps_the_secret_it_was_given() {
        ValidTenant tenant = Tenants.full();

        assertThat(part.plan(tenant, prepared(tenant)).withheld()).isEqualTo(MISSING);
        assertThat(part.secrets(tenant, prepared(tenant))).isNotEmpty();
    }

    @Test
    void a_suspended_tenant_is_closed_and_is_given_no_key_that_nobody_made() {
        ValidTenant tenant = Tenants.suspended();

        assertThat(part.plan(tenant, prepared(tenant)).bucket().closed()).isTrue();
        assertThat(part.secrets(tenant, prepared(tenant))).isEmpty();
    }

    private Prepared prepared(ValidTenant tenant) {
        return new Prepared(
                Tenants.PLATFORM,
                Slots.FIRST,
                Set.of(),
                null,
                Map.of(
                        PartId.objectStore,
                        new BackendView(
                                Optional.of(StoreKind.Static.documented(true).toStatus()), Optional.empty())),
                Map.of(
                        PartId.objectStore,
                        part.supply(tenant, Slots.FIRST, null).orElseThrow()));
    }
}
