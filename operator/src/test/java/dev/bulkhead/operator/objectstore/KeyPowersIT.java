package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.escape.KeyPowers;
import dev.bulkhead.operator.escape.KeyPowers.PowerFinding;
import dev.bulkhead.operator.escape.KeyPowers.PowerResult;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.BackedParts;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.probe.objectstore.ObjectStoreProbe;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a tenant's key can make itself: nothing where the server is set up as it should, and seen where it is not. */
class KeyPowersIT {
    private final TenantIdentity tenant = Fixtures.freshIdentity();

    @Test
    void seaweedfs_as_it_comes_along_refuses_all_of_it() throws InterruptedException {
        try (TestStore store = TestStore.start(StoreKind.SeaweedFs)) {
            List<PowerFinding> found = all(store);

            assertThat(found).extracting(PowerFinding::result).doesNotContain(PowerResult.THROUGH, PowerResult.UNCLEAR);
            assertThat(found)
                    .filteredOn(one -> one.result() == PowerResult.KEPT)
                    .extracting(PowerFinding::power)
                    .contains(
                            "ListUsers (IAM)",
                            "ListAccessKeys (IAM)",
                            "UpdateAccessKey (IAM)",
                            "CreateUser (IAM)",
                            "PutUserPolicy (IAM)",
                            "AttachUserPolicy (IAM)",
                            "CreateAccessKey (IAM)",
                            "GetFederationToken (STS)",
                            "AssumeRole (STS)");
        }
    }

    @Test
    void a_server_where_each_key_may_make_further_ones_is_found_and_no_further_key_stays() throws InterruptedException {
        try (TestStore store = new TestStore(StoreKind.SeaweedFs, SeaweedServer.start(true))) {
            List<PowerFinding> found = all(store);

            assertThat(found)
                    .filteredOn(one -> one.result() == PowerResult.THROUGH)
                    .extracting(PowerFinding::power)
                    .containsExactlyInAnyOrder(
                            "ListAccessKeys (IAM)", "UpdateAccessKey (IAM)", "CreateAccessKey (IAM)");
            assertThat(store.state(store.plan(tenant)).keys()).isEqualTo(store.observed(tenant, List.of(Slot.One)));

            List<Trial> trials = probed(store);

            assertThat(trials)
                    .filteredOn(trial -> trial.result() == Trial.TrialResult.Through)
                    .extracting(Trial::name)
                    .containsExactlyInAnyOrder(
                            "administers by ListAccessKeys (IAM)", "administers by UpdateAccessKey (IAM)");
            assertThat(trials)
                    .as("the server's finding, and no Incident of a tenant")
                    .noneMatch(Trial::breach);
            assertThat(store.state(store.plan(tenant)).keys()).isEqualTo(store.observed(tenant, List.of(Slot.One)));
        }
    }

    @Test
    void versitygw_has_no_such_api() throws InterruptedException {
        try (TestStore store = TestStore.onVersity()) {
            assertThat(all(store)).isNotEmpty().allMatch(found -> found.result() == PowerResult.NOT_OFFERED);
        }
    }

    private List<PowerFinding> all(TestStore store) throws InterruptedException {
        store.tenant(tenant);
        try (KeyPowers powers = store.powers(tenant)) {
            return powers.all();
        }
    }

    private List<Trial> probed(TestStore store) throws InterruptedException {
        StoreConnection root = store.server.connection();
        StoreConnection delivered = new StoreConnection(
                root.store(),
                root.endpoint(),
                root.endpoint(),
                root.region(),
                store.accessKeyId(tenant, Slot.One),
                store.secret(tenant, Slot.One).secret(),
                root.caCertificates(),
                root.limits());
        Subject subject = new Subject(
                "klinik-nord",
                tenant,
                Tenants.plainSpec(),
                BackedParts.homes(
                        null,
                        new TenantStatus.ObjectStoreStatus(
                                "objects-1", tenant.bucket(), store.accessKeyId(tenant, Slot.One))));
        try (ObjectStoreProbe probe =
                new ObjectStoreProbe(_ -> Optional.of(delivered), 1, ExternalCalls.unobserved())) {
            return probe.run(subject, List.of());
        }
    }
}
