package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a driver says that its server can do is what its tenants get, no more. */
class DriverConformanceIT extends DriverSuite {
    DriverConformanceIT(StoreKind kind) {
        super(kind);
    }

    @ParameterizedTest
    @EnumSource(names = {"OWN_BUCKET", "NO_OTHER", "TWO_KEYS", "SHUT_OUT", "CLIENT_CALLS", "CLIENT_BYTES", "POWERLESS"})
    void what_a_tenant_needs_every_driver_keeps(DriverTrial trial) {
        assertThat(trial.holds(store)).isTrue();
    }

    @Test
    void keys_are_said_to_be_revoked_where_closing_makes_them_unknown_and_nowhere_else() {
        assertThat(store.capabilities.has(StoreFeature.RevokesKeys)).isEqualTo(DriverTrial.KEY_GONE.holds(store));
    }

    @Test
    void buckets_are_never_said_to_be_apart_where_a_tenants_key_gets_out_of_its_own() {
        assertThat(store.capabilities.has(StoreFeature.KeepsBucketsApart) && !DriverTrial.APART.holds(store))
                .isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void what_is_said_to_be_possible_is_found_on_a_tenants_bucket(StoreFeature feature) {
        BucketPlan plan = store.tenant(Fixtures.freshIdentity());
        ObservedBucket.Present bucket = store.state(plan).present();
        boolean found = switch (feature) {
            case Tags -> bucket.tags().equals(plan.settings().tags());
            case BucketPolicy -> PolicyComparison.same(bucket.policy(), plan.policy());
            case AclConditions -> String.valueOf(bucket.policy()).contains("NoPublicAcl");
            case GrantHeaderConditions -> String.valueOf(bucket.policy()).contains("NoGrantFullControl");
            case SecureTransport -> String.valueOf(bucket.policy()).contains("TlsOnly");
            case Versioning -> bucket.versioning();
            case ObjectLock -> bucket.objectLock();
            case OwnershipControls ->
                bucket.ownership().equals(String.valueOf(plan.settings().ownership()));
            case PublicAccessBlock -> bucket.publicAccessBlock();
            case Encryption -> bucket.encryption();
            case Lifecycle -> new BucketLifecycle(30, 7).equals(bucket.lifecycle());
            case PrivateAcls -> DriverTrial.CLIENT_ACLS.holds(store);
            case Cors -> DriverTrial.CROSS_ORIGIN.holds(store);
            case Quota -> bucket.quotaBytes() != null;
            case BucketSize -> tells(plan.bucket());
            case TagsAtCreation, Tls, AclsDisabled, KeepsBucketsApart, KeysMakeNoKeys, RevokesKeys ->
                store.capabilities.has(feature);
        };

        assertThat(found).isEqualTo(store.capabilities.has(feature));
    }

    private boolean tells(String bucket) {
        try {
            return store.driver.size(bucket) >= 0;
        } catch (StoreException e) {
            assertThat(e.failure()).isEqualTo(StoreException.StoreFailure.Unsupported);
            return false;
        }
    }
}
