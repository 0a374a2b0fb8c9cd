package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.BackendStatus;
import dev.bulkhead.api.v1beta1.BackendStatus.Capability;
import dev.bulkhead.api.v1beta1.ObjectStore;
import dev.bulkhead.api.v1beta1.ObjectStoreSpec.Driver;
import dev.bulkhead.operator.fixture.Tenants;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** After a restart a store that is down is as well known as before: its status remembers what was found. */
class RememberedCapabilitiesTest {
    @Test
    void what_stands_in_the_status_is_read_back_to_the_letter() {
        StoreCapabilities found = StoreCapabilities.documented(Driver.Versity, true);

        assertThat(StoreCapabilities.remembered(store(found.toStatus()))).contains(found);
    }

    @Test
    void a_store_that_nobody_asked_is_not_known() {
        assertThat(StoreCapabilities.remembered(store(List.of()))).isEmpty();
        assertThat(StoreCapabilities.remembered(Tenants.objectStore())).isEmpty();
    }

    @Test
    void a_feature_that_an_older_version_did_not_look_for_cannot_be_relied_on() {
        List<Capability> older = StoreCapabilities.of(Driver.Versity, Set.of(StoreFeature.values())).toStatus().stream()
                .filter(c -> !c.name().equals(StoreFeature.KeepsBucketsApart.wireName()))
                .toList();

        StoreCapabilities remembered =
                StoreCapabilities.remembered(store(older)).orElseThrow();

        assertThat(remembered.has(StoreFeature.KeepsBucketsApart)).isFalse();
        assertThat(remembered.message(StoreFeature.KeepsBucketsApart)).isEqualTo("not looked at");
        assertThat(remembered.has(StoreFeature.BucketPolicy)).isTrue();
    }

    private static ObjectStore store(List<Capability> capabilities) {
        ObjectStore store = Tenants.objectStore();
        store.setStatus(new BackendStatus(1L, null, 0, List.of(), capabilities, List.of()));
        return store;
    }
}
