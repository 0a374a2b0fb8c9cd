package dev.bulkhead.operator.backend;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LostDataTest {
    @Test
    void one_tenant_of_many_is_named_beside_a_server_that_is_well() {
        assertThat(new LostData(0, 40).isTheServers()).isFalse();
        assertThat(new LostData(0, 40).aside()).isEmpty();
        assertThat(new LostData(1, 40).isTheServers()).isFalse();
        assertThat(new LostData(1, 40).aside()).isEqualTo("; the data of 1 of 40 tenants is not there any more");
    }

    @Test
    void a_server_that_lost_several_or_all_is_not_the_one_it_was() {
        assertThat(new LostData(2, 40).isTheServers()).isTrue();
        assertThat(new LostData(1, 1).isTheServers()).isTrue();
        assertThat(new LostData(0, 0).isTheServers()).isFalse();
        assertThat(new LostData(2, 40).told()).contains("2 of 40 tenants").contains("restore the data");
    }
}
