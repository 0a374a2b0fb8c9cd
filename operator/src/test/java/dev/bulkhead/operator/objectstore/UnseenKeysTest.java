package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** While nobody can say which keys there are, whoever is to be shut out is shut out by the policy, and nobody is let in. */
class UnseenKeysTest {
    private static final TenantIdentity TENANT = Fixtures.identity(9);
    private static final StoreCapabilities ALL = StoreCapabilities.of(EnumSet.allOf(StoreFeature.class));

    private final List<String> changes = new ArrayList<>();
    private final ObjectStoreApplier applier = new ObjectStoreApplier(new KeylessDriver());

    @Test
    void closing_takes_the_policy_and_waits_for_the_keys() {
        Outcome outcome = applier.close(plan(true));

        assertThat(changes).containsExactly("SetPolicy");
        assertThat(outcome).isInstanceOf(Outcome.Waiting.class);
        assertThat(outcome.findings()).extracting(Finding::reason).containsExactly(Reason.ObjectStoreUnavailable);
    }

    @Test
    void a_tenant_in_use_waits() {
        assertThat(applier.apply(plan(false), Fixtures.secrets(TENANT))).isInstanceOf(Outcome.Waiting.class);
        assertThat(changes).isEmpty();
    }

    private static BucketPlan plan(boolean closed) {
        return ObjectStorePlanner.plan(TENANT, Fixtures.store(true, null), ALL, closed);
    }

    /** A tenant's open bucket on a server that does not tell its keys. */
    private final class KeylessDriver implements ObjectStoreDriver {
        @Override
        public StoreCapabilities capabilities() {
            return ALL;
        }

        @Override
        public Set<String> bucketNames() {
            return Set.of(TENANT.bucket());
        }

        @Override
        public ObservedBucket observeBucket(BucketPlan plan) {
            return new ObservedBucket.Present(
                    "us",
                    true,
                    plan.settings().tags(),
                    true,
                    false,
                    true,
                    true,
                    BucketOwnership.BucketOwnerEnforced.name(),
                    List.of(),
                    true,
                    plan.settings().lifecycle(),
                    List.of(),
                    0L,
                    TestStore.policy(UnseenKeysTest.plan(!changes.isEmpty())).json(),
                    null);
        }

        @Override
        public Map<Slot, ObservedKey> observeKeys(BucketPlan plan) {
            throw new StoreException(StoreException.StoreFailure.Unreachable, "ListUsers", "");
        }

        @Override
        public long size(String bucket) {
            throw new AssertionError("nobody asks");
        }

        @Override
        public void forgetKeys() {}

        @Override
        public void change(BucketPlan plan, BucketChange.Setting change) {
            changes.add(change.name());
        }

        @Override
        public Optional<MintedKey> issueKey(BucketPlan plan, SlotSecret secret) {
            throw new AssertionError("nobody is let in");
        }

        @Override
        public void revokeKey(BucketPlan plan, Slot slot) {
            throw new AssertionError("no key is known");
        }

        @Override
        public void close() {}
    }
}
