package dev.bulkhead.operator.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(TestServer.class)
class CompartmentTest {
    private final Fixture db;

    CompartmentTest(TestServer server) {
        this.db = new Fixture(server);
    }

    @Test
    void a_new_tenant_gets_its_compartment_and_a_second_apply_says_nothing_to_the_server() {
        TenantIdentity tenant = Fixture.newIdentity();

        Outcome first = db.applier.apply(db.open(tenant), db.login(tenant));
        db.traffic.reset();
        Outcome second = db.applier.apply(db.open(tenant), db.login(tenant));

        assertThat(first)
                .isInstanceOfSatisfying(
                        Outcome.Done.class, done -> assertThat(done.writes()).isPositive());
        assertThat(second).isEqualTo(Outcome.unchanged());
        assertThat(db.traffic.total()).isZero();
    }
}
