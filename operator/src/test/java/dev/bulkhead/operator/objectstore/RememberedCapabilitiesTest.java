package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.BackendStatus.Capability;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** After a restart a store that is down is as well known as before: its status remembers what was found. */
class RememberedCapabilitiesTest {
    @Test
    void what_stands_in_the_status_is_read_back_to_the_letter() {
        StoreCapabilities found = StoreKind.SeaweedFs.documented(true);

        assertThat(StoreCapabilities.known(found.toStatus())).isEqualTo(found);
    }

    @Test
    void nothing_of_a_store_that_nobody_asked_can_be_relied_on() {
        StoreCapabilities unasked = StoreCapabilities.known(List.of());

        assertThat(StoreFeature.values()).noneMatch(unasked::has);
    }

    @Test
    void a_feature_that_an_older_version_did_not_look_for_cannot_be_relied_on() {
        List<Capability> older = StoreCapabilities.of(Set.of(StoreFeature.values())).toStatus().stream()
                .filter(c -> !c.name().equals(StoreFeature.KeepsBucketsApart.wireName()))
                .toList();

        StoreCapabilities remembered = StoreCapabilities.known(older);

        assertThat(remembered.has(StoreFeature.KeepsBucketsApart)).isFalse();
        assertThat(remembered.message(StoreFeature.KeepsBucketsApart)).isEqualTo("not looked at");
        assertThat(remembered.has(StoreFeature.BucketPolicy)).isTrue();
    }
}
